import type { Transaction } from '#libs/database/transaction.ts';
import type { EventState } from '../correct.ts';
import type { LogPlace } from '../place.ts';
import { identityText } from '../sort-out.ts';
import type { StoredCorrection } from '../store/insert-corrections.ts';
import { selectCorrections } from '../store/select-corrections.ts';
import { selectEventStates } from '../store/select-event-states.ts';
import type { FoundEvent } from './find-event.ts';

/** What an event was from one place in the log to another. */
export interface EventRevision {
  readonly state: EventState;
  /** Where an amendment or a void ended it; null: it stands. */
  readonly until: Omit<LogPlace, 'receivedAt'> | null;
}

export interface EventHistory {
  /** In the order of the log, waiting and refused ones too. */
  readonly corrections: readonly StoredCorrection[];
  /** First as sent, then what each amendment made of it. */
  readonly revisions: readonly EventRevision[];
}

/** All that an event ever was. @throws RangeError when one of its raw rows is no longer kept */
export async function eventHistory(
  tx: Transaction,
  organizationId: number,
  { key, place, receivedOn }: FoundEvent,
): Promise<EventHistory> {
  const text = identityText(organizationId, key);
  const corrections = (await selectCorrections(tx, [{ organizationId, key }])).get(text) ?? [];
  if (place === null) return { corrections, revisions: [] };
  const applied = corrections.filter(({ state }) => state === 'applied');
  const amendments = applied
    .filter(({ record }) => record.correction.kind === 'amend')
    .sort((a, b) => (a.revision as number) - (b.revision as number));
  const voiding = applied.find(({ record }) => record.correction.kind === 'void');
  const revisions: EventRevision[] = [];
  for (let revision = 0; revision <= amendments.length; revision += 1) {
    const upTo = amendments.slice(0, revision);
    const ending = amendments[revision] ?? voiding;
    const isLast = revision === amendments.length;
    const states = await selectEventStates(tx, [
      { organizationId, key, place, receivedOn, corrections: isLast && voiding ? [...upTo, voiding] : upTo },
    ]);
    revisions.push({ state: states.get(text) as EventState, until: ending?.appliedAt ?? null });
  }
  return { corrections, revisions };
}
