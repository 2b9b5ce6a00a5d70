import type { Transaction } from '#libs/database/transaction.ts';
import type { UsageEvent } from '#libs/events/event.ts';
import { isLiveAt } from '../meter.ts';
import { readEvent } from '../read-event.ts';
import { readRawSpans } from '../store/read-raw-spans.ts';
import { selectBackfilled } from '../store/select-backfilled.ts';
import { selectMeterCatalog } from '../store/select-meter-catalog.ts';
import { selectMeterVersions } from '../store/select-meter-versions.ts';
import { demandRawEvents } from './demand-raw-events.ts';
import { projectGroup } from './project-group.ts';
import type { UsageRequest } from './usage-request.ts';

interface Counted {
  readonly event: Pick<UsageEvent, 'time' | 'source' | 'id'>;
  readonly value: string;
}

/**
 * For prices that look at single events: the value of each event that a meter counted in a span and that nothing took back, in order of
 * (time, source, id), by group key as readUsage gives it. One map per request. From raw events, in the snapshot of the transaction, so
 * that values add up to what readUsage says in it. @throws RawEventsGone
 */
export async function readEventAmounts(
  tx: Transaction,
  organizationId: number,
  requests: readonly UsageRequest[],
): Promise<Map<string, string[]>[]> {
  const found = requests.map(() => new Map<string, Counted[]>());
  if (requests.length > 0) await gather(tx, organizationId, requests, found);
  return found.map(
    (groups) => new Map([...groups].map(([key, counted]) => [key, counted.sort(inOrder).map(({ value }) => value)])),
  );
}

async function gather(
  tx: Transaction,
  organizationId: number,
  requests: readonly UsageRequest[],
  found: readonly Map<string, Counted[]>[],
): Promise<void> {
  await demandRawEvents(tx, organizationId, Math.min(...requests.map(({ from }) => from)));
  const versions = await selectMeterVersions(tx, organizationId, [...new Set(requests.map(({ meter }) => meter))]);
  const catalog = await selectMeterCatalog(tx);
  const isBackfilled = await selectBackfilled(tx);
  const spans = requests.flatMap(({ meter, names, subscription, from, to }, request) =>
    (versions.get(meter) ?? []).flatMap(({ id, eventType }) =>
      names.map((name) => ({ name, type: eventType, from, to, subscription, request, meter: catalog.meter(id) })),
    ),
  );
  for await (const portion of readRawSpans(tx, organizationId, spans)) {
    for (const { span, row } of portion) {
      const { request, meter } = spans[span] as (typeof spans)[number];
      if (!isLiveAt(meter, row.place) && !isBackfilled(meter, row.place)) continue;
      const reading = readEvent(row.event, [meter]);
      if (reading.kind !== 'metered') continue;
      const { groups } = requests[request] as UsageRequest;
      for (const { groupKey, value } of reading.meters) {
        const key = groups ? projectGroup(groupKey, groups) : '';
        if (key === undefined) continue;
        const group = found[request] as Map<string, Counted[]>;
        const counted = group.get(key) ?? [];
        const { time, source, id } = row.event;
        counted.push({ event: { time, source, id }, value });
        group.set(key, counted);
      }
    }
  }
}

/** Texts by bytes, as in the database: UTF-16 order is another. */
function inOrder({ event: a }: Counted, { event: b }: Counted): number {
  if (a.time !== b.time) return a.time - b.time;
  return (
    Buffer.compare(Buffer.from(a.source), Buffer.from(b.source)) || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))
  );
}
