import type { Transaction } from '#libs/database/transaction.ts';
import type { HourlyDelta } from '../hour-fold.ts';
import { nullableArray, plainArray } from './array-literal.ts';
import { hourlyKeyArrays } from './upsert-hourly.ts';

/**
 * Of hours of min, max and latest meters from which something was taken back, and whose rows are locked: those in which it was what stood.
 * The others hold still what stands. Hours that are empty now are emptied here.
 */
export async function selectFallen(tx: Transaction, deltas: readonly HourlyDelta[]): Promise<HourlyDelta[]> {
  if (deltas.length === 0) return [];
  const { rows } = await tx.query<{ position: number }>(
    `WITH touched AS (
       SELECT w.position, w.value, w.time, w.id, u.ctid AS row, u.event_count, u.minimum, u.maximum, u.latest_time, u.latest_id
         FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::timestamptz[], $9::text[])
              WITH ORDINALITY AS w (organization_id, meter_id, hour, customer, subscription, group_key, value, time, id, position)
         JOIN usage_hourly u USING (organization_id, meter_id, customer, hour, subscription, group_key)
     ), emptied AS (
       UPDATE usage_hourly u SET minimum = NULL, maximum = NULL, latest = NULL, latest_time = NULL, latest_id = NULL
         FROM touched t WHERE u.ctid = t.row AND t.event_count = 0
     )
     SELECT position::integer FROM touched
      WHERE event_count <> 0
        AND (value <= minimum OR value >= maximum OR (time, id COLLATE "C") >= (latest_time, latest_id))
      ORDER BY position`,
    [
      ...hourlyKeyArrays(deltas),
      nullableArray(deltas.map(({ takenBack }) => takenBack?.value ?? null)),
      plainArray(deltas.map(({ takenBack }) => new Date(takenBack?.time ?? 0).toISOString())),
      deltas.map(({ takenBack }) => takenBack?.id ?? null),
    ],
  );
  return rows.map(({ position }) => deltas[position - 1] as HourlyDelta);
}
