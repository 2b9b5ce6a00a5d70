import type { z } from 'zod';
import { selectCustomerNames } from '#libs/catalog/store/select-customer-names.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { selectLinesCovering } from '#libs/invoicing/store/select-lines-covering.ts';
import { isBefore, loadVector } from '#libs/metering/place.ts';
import { type EventCounting, eventCounting } from '#libs/metering/read/event-counting.ts';
import { type EventRevision, eventHistory } from '#libs/metering/read/event-history.ts';
import type { FoundEvent } from '#libs/metering/read/find-event.ts';
import { selectEventConflicts } from '#libs/metering/store/select-event-conflicts.ts';
import {
  presentConflict,
  presentCorrection,
  presentEvent,
  presentHour,
  presentLine,
  type storyAnswer,
} from './present-event.ts';

const MAX_CONFLICTS = 100;

/** Everything that became of an event. In a REPEATABLE READ transaction. @throws ApiError when there is nothing to tell */
export async function tellEvent(
  tx: Transaction,
  organizationId: number,
  id: string,
  found: FoundEvent,
): Promise<z.infer<typeof storyAnswer>> {
  if (found.place === null)
    throw new ApiError('not_found', `There is no event "${id}" yet: only corrections of it came, and wait for it.`);
  if (found.original === null)
    throw new ApiError(
      'not_found',
      `The event "${id}" arrived on ${found.receivedOn}; raw events of that day are no longer kept.`,
    );
  const counting = await eventCounting(tx);
  const { corrections, revisions } = await eventHistory(tx, organizationId, found);
  const { state } = revisions.at(-1) as EventRevision;
  const conflicts = await selectEventConflicts(tx, organizationId, found.key, MAX_CONFLICTS);
  return {
    ...presentEvent(state, counting.conditionOf(state), found.original.place),
    hours: state.voided ? [] : counting.readingsOf(state).map((reading) => presentHour(state, reading)),
    corrections: corrections.map(presentCorrection),
    conflicts: conflicts.map(presentConflict),
    invoice_lines: await linesOf(tx, organizationId, counting, revisions),
  };
}

/** Lines whose watermark lies between the beginning and the end of a revision: they billed it. */
async function linesOf(
  tx: Transaction,
  organizationId: number,
  counting: EventCounting,
  revisions: readonly EventRevision[],
) {
  const lines: ReturnType<typeof presentLine>[] = [];
  for (const { state, until } of revisions) {
    const { event, place, revision } = state;
    const meters = counting.readingsOf(state).map(({ meter }) => meter.key);
    if (meters.length === 0) continue;
    const names = await selectCustomerNames(tx, organizationId, [event.customer]);
    const covering = await selectLinesCovering(tx, organizationId, {
      customerKey: names.get(event.customer)?.key ?? event.customer,
      meters,
      at: new Date(event.time),
      subscription: event.subscription,
    });
    for (const line of covering) {
      const watermark = loadVector(line.watermark);
      if (!isBefore(place, watermark) || (until && isBefore(until, watermark))) continue;
      const told = presentLine(line, revision);
      if (!line.isAdjustment || !lines.some((earlier) => isBilledBy(earlier, told))) lines.push(told);
    }
  }
  return lines;
}

/** What an earlier line billed an adjustment of it does not bill again. */
const isBilledBy = (earlier: ReturnType<typeof presentLine>, adjustment: ReturnType<typeof presentLine>): boolean =>
  !earlier.document.voided &&
  earlier.revision === adjustment.revision &&
  earlier.subscription === adjustment.subscription &&
  earlier.charge === adjustment.charge &&
  earlier.service_from === adjustment.service_from;
