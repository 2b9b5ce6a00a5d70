import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import { encodeCorrection, encodeEvent } from '#libs/events/record.ts';
import { applyBatch } from '#libs/metering/apply/apply-batch.ts';
import { preparePartitions } from '#libs/metering/apply/prepare-partitions.ts';
import { ensureUsageEventsDay } from '#libs/metering/store/ensure-usage-events-day.ts';

/** For tests: puts events and corrections into the tables as the aggregator does, partition 0, each call behind the one before. `from`: what is applied already. */
export function createTestUsage(worker: Pool, from = 0n) {
  const dependencies = { pool: worker, catalog: {}, knownSources: new Set<string>() };
  let next = from;
  return async (
    organizationId: number,
    values: readonly (UsageEvent | Correction | Buffer)[],
    appendedAt = new Date('2026-03-15T10:00:00Z'),
  ): Promise<void> => {
    if (next === 0n) await preparePartitions(worker, [0], []);
    await inTransaction(worker, (tx) => ensureUsageEventsDay(tx, appendedAt.toISOString().slice(0, 10)));
    const encode = (value: UsageEvent | Correction | Buffer) =>
      Buffer.isBuffer(value)
        ? value
        : 'kind' in value
          ? encodeCorrection(organizationId, value)
          : encodeEvent(organizationId, value);
    const records = values.map((value, i) => ({ offset: next + BigInt(i), appendedAt, value: encode(value) }));
    await applyBatch(dependencies, [{ partition: 0, records }]);
    next += BigInt(values.length);
  };
}

export const usageEvent = (id: string, over: Partial<UsageEvent> = {}): UsageEvent => ({
  id,
  source: '',
  type: 'e',
  customer: 'acme',
  subscription: '',
  time: Date.parse('2026-03-01T00:00:00Z'),
  timeGiven: true,
  properties: {},
  ...over,
});
