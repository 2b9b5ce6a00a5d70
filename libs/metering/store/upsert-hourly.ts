import type { Transaction } from '#libs/database/transaction.ts';
import type { HourlyDelta, HourlyKey } from '../hour-fold.ts';
import { nullableArray, plainArray, textArray } from './array-literal.ts';

/** An hourly row after a batch, absolute. */
export interface HourlyRow extends HourlyKey {
  readonly eventCount: string;
  readonly total: string;
  /** Rises with every change of the row. */
  readonly version: bigint;
}

const LATER = '(excluded.latest_time, excluded.latest_id) > (u.latest_time, u.latest_id) OR u.latest_time IS NULL';

const UPSERT = `
  INSERT INTO usage_hourly AS u (organization_id, meter_id, hour, customer, subscription, group_key, event_count, total, digest,
                                 weighted, minimum, maximum, latest, latest_time, latest_id, version)
  SELECT d.*, 1 FROM unnest($1::integer[], $2::integer[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::numeric[],
                            $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[], $14::timestamptz[], $15::text[]) AS d
  ON CONFLICT (organization_id, meter_id, customer, hour, subscription, group_key) DO UPDATE SET
    event_count = u.event_count + excluded.event_count,
    total = u.total + excluded.total,
    digest = mod(u.digest + excluded.digest, 115792089237316195423570985008687907853269984665640564039457584007913129639936),
    weighted = u.weighted + excluded.weighted,
    minimum = least(u.minimum, excluded.minimum),
    maximum = greatest(u.maximum, excluded.maximum),
    latest = CASE WHEN ${LATER} THEN excluded.latest ELSE u.latest END,
    latest_id = CASE WHEN ${LATER} THEN excluded.latest_id ELSE u.latest_id END,
    latest_time = CASE WHEN ${LATER} THEN excluded.latest_time ELSE u.latest_time END,
    version = u.version + 1`;

/**
 * Adds a batch to the hourly rows. Last statement before COMMIT, and sorted: busy rows are locked only for the commit. Rows are sent back
 * only if `returning`, which costs as much again.
 */
export async function upsertHourly(
  tx: Transaction,
  deltas: readonly HourlyDelta[],
  returning: boolean,
): Promise<HourlyRow[]> {
  if (deltas.length === 0) return [];
  const { rows } = await tx.query<UpsertedRow>({
    name: `upsert-hourly-${returning}`,
    text: returning ? `${UPSERT} RETURNING customer, event_count, total, version` : UPSERT,
    values: [
      ...hourlyKeyArrays(deltas),
      plainArray(deltas.map((delta) => delta.eventCount)),
      plainArray(deltas.map((delta) => delta.total)),
      plainArray(deltas.map((delta) => delta.digest)),
      nullableArray(deltas.map((delta) => delta.weighted)),
      nullableArray(deltas.map((delta) => delta.minimum)),
      nullableArray(deltas.map((delta) => delta.maximum)),
      nullableArray(deltas.map((delta) => delta.latest?.value ?? null)),
      nullableArray(deltas.map(({ latest }) => (latest ? new Date(latest.time).toISOString() : null))),
      deltas.map((delta) => delta.latest?.id ?? null),
    ],
  });
  return rows.map((row, position) => toHourlyRow(row, deltas[position] as HourlyDelta));
}

interface UpsertedRow {
  readonly customer: string;
  readonly event_count: string;
  readonly total: string;
  readonly version: string;
}

/** Rows come back in the order they went in; nothing may be shown under another's name if that ever changed. */
function toHourlyRow(row: UpsertedRow, delta: HourlyDelta): HourlyRow {
  if (row.customer !== delta.customer) throw new Error('usage_hourly came back in another order than it was written');
  const { organizationId, meterId, customer, hour, subscription, groupKey } = delta;
  return {
    organizationId,
    meterId,
    customer,
    hour,
    subscription,
    groupKey,
    eventCount: row.event_count,
    total: row.total,
    version: BigInt(row.version),
  };
}

/** The first six columns of the key as arrays: organization, meter, hour, customer, subscription, group. */
export const hourlyKeyArrays = (keys: readonly HourlyKey[]): string[] => [
  plainArray(keys.map((key) => key.organizationId)),
  plainArray(keys.map((key) => key.meterId)),
  plainArray(keys.map((key) => new Date(key.hour).toISOString())),
  textArray(keys.map((key) => key.customer)),
  textArray(keys.map((key) => key.subscription)),
  textArray(keys.map((key) => key.groupKey)),
];
