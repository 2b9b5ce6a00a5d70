import { addDays, localDateAt, startOfLocalDay } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { collectChunk } from '../collect/collect.ts';
import type { InvoiceDraft } from '../documents/assemble.ts';
import { draftChunk } from '../run/finalize-chunk.ts';
import { deleteOutdatedDrafts } from '../store/delete-outdated-drafts.ts';
import { lockPeriodDrafts } from '../store/lock-period-drafts.ts';
import { type CustomerInGrace, selectInGrace } from '../store/select-in-grace.ts';
import { selectNow } from '../store/select-now.ts';
import { selectZones } from '../store/select-zones.ts';
import { type MadeDraft, upsertPeriodDrafts } from '../store/upsert-period-drafts.ts';

export interface RefreshRequest {
  /** Epoch milliseconds; decides dates of issue. */
  readonly clock: () => number;
  /** A draft that was made longer ago is made anew. */
  readonly staleAfterMs: number;
  readonly stopped?: () => boolean;
  readonly chunkSize?: number;
}

/**
 * Makes the drafts of what is over and waits for its grace to pass, and makes anew those that are old. Nothing depends on it: a run makes
 * its documents itself, from newer usage, and takes from a draft its id and what was entered by hand. Dies it anywhere, the next one
 * goes on. Answers how many drafts were made.
 */
export async function refreshDrafts(pool: Pool, request: RefreshRequest): Promise<number> {
  const { chunkSize = 200, stopped = () => false } = request;
  const now = await inTransaction(pool, selectNow);
  const zones = await inTransaction(pool, (tx) => selectZones(tx));
  const presents = new Map(zones.map((zone) => [zone.organizationId, zone.now]));
  // Zones come once for each grace period.
  const dates = [...new Map(zones.map((zone) => [`${zone.organizationId} ${zone.timeZone}`, zone])).values()].map(
    (zone) => ({
      organizationId: zone.organizationId,
      timeZone: zone.timeZone,
      today: dateIn(zone.timeZone, zone.now),
    }),
  );
  let made = 0;
  let after: CustomerInGrace | null = null;
  while (!stopped()) {
    const page: CustomerInGrace[] = await inTransaction(pool, (tx) =>
      selectInGrace(tx, dates, { madeBefore: new Date(now - request.staleAfterMs), after, limit: chunkSize }),
    );
    for (const [organizationId, customers] of Map.groupBy(page, (one) => one.organizationId))
      made += await refreshCustomers(pool, request, {
        organizationId,
        customers,
        now: presents.get(organizationId) as number,
        ahead: (presents.get(organizationId) as number) - now,
      });
    after = page.at(-1) ?? null;
    if (page.length < chunkSize) return made;
  }
  return made;
}

interface Group {
  readonly organizationId: number;
  readonly customers: readonly CustomerInGrace[];
  /** Epoch milliseconds: the organization's present, and how far it is ahead of the real one. */
  readonly now: number;
  readonly ahead: number;
}

async function refreshCustomers(
  pool: Pool,
  { clock }: RefreshRequest,
  { organizationId, customers, now, ahead }: Group,
) {
  const ids = customers.map(({ customerId }) => customerId);
  const chunk = await collectChunk(pool, {
    organizationId,
    window: {
      endsAfter: addDays(customers.map(({ dueFrom }) => dueFrom).sort()[0] as string, -1),
      endsUntil: customers
        .map(({ today }) => today)
        .sort()
        .at(-1) as string,
      backdated: false,
    },
    begunAt: now,
    graceMinutes: 0,
    now: clock() + ahead,
    after: null,
    limit: ids.length,
    customerIds: ids,
  });
  const graceOf = new Map(customers.map(({ customerId, graceMinutes }) => [customerId, graceMinutes]));
  const { drafts, parked } = draftChunk(chunk);
  const made = drafts.flatMap((draft) => toStore(draft, graceOf.get(draft.customerId) as number, clock() + ahead));
  // Of whom nothing can be made, drafts stay as they were: the run says why.
  const looked = ids.filter((id) => parked.every(({ customerId }) => customerId !== id));
  await inTransaction(pool, async (tx) => {
    await lockPeriodDrafts(tx, organizationId, ids);
    await upsertPeriodDrafts(tx, organizationId, made);
    await deleteOutdatedDrafts(tx, organizationId, looked, made);
  });
  return made.length;
}

function toStore(draft: InvoiceDraft, graceMinutes: number, now: number): MadeDraft[] {
  const { key, stored, isSkipped, customerId, body, units } = draft;
  if (key === undefined || isSkipped) return [];
  const finalizeAt = new Date(startOfLocalDay(key.dueOn, key.timeZone) + graceMinutes * 60_000);
  const [unit] = units;
  return [
    { id: uuidv7(now), customerId, key, finalizeAt, body, version: stored?.version ?? null, ...(unit && { unit }) },
  ];
}

/** The run parks whoever is pinned to a zone that is not known here. */
function dateIn(timeZone: string, now: number): string {
  try {
    return localDateAt(now, timeZone);
  } catch {
    return addDays(localDateAt(now, 'UTC'), -1);
  }
}
