import type { Transaction } from '#libs/database/transaction.ts';
import type { HourlyDelta } from '../hour-fold.ts';
import { plainArray } from './array-literal.ts';
import { hourlyKeyArrays } from './upsert-hourly.ts';

/** Adds to how often `unique` meters saw each value in an hour. Sorted like the hourly rows, and before them. */
export async function upsertUnique(tx: Transaction, deltas: readonly HourlyDelta[]): Promise<void> {
  const rows = deltas.flatMap((delta) =>
    [...(delta.unique ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, count]) => ({ delta, value, count })),
  );
  if (rows.length === 0) return;
  await tx.query({
    name: 'upsert-unique',
    text: `INSERT INTO usage_unique AS u (organization_id, meter_id, hour, customer, subscription, group_key, value_hash, event_count)
           SELECT * FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::bigint[])
           ON CONFLICT (organization_id, meter_id, customer, hour, subscription, group_key, value_hash)
           DO UPDATE SET event_count = u.event_count + excluded.event_count`,
    values: [
      ...hourlyKeyArrays(rows.map(({ delta }) => delta)),
      plainArray(rows.map(({ value }) => value)),
      plainArray(rows.map(({ count }) => count)),
    ],
  });
}
