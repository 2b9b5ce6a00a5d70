import type { Transaction } from '#libs/database/transaction.ts';
import type { HourlyDelta } from '../hourly.ts';

/** An hourly row after a batch, absolute. */
export interface HourlyRow {
  readonly organizationId: number;
  readonly meterId: number;
  readonly customer: string;
  readonly hour: Date;
  readonly groupKey: string;
  readonly eventCount: string;
  readonly total: string;
  /** Rises with every change of the row. */
  readonly version: bigint;
}

/** Adds a batch to the hourly rows. Last statement before COMMIT, and sorted: busy rows are locked only for the commit. */
export async function upsertHourly(tx: Transaction, deltas: readonly HourlyDelta[]): Promise<HourlyRow[]> {
  if (deltas.length === 0) return [];
  const { rows } = await tx.query<UpsertedRow>(
    `INSERT INTO usage_hourly AS u (organization_id, meter_id, customer, hour, group_key, event_count, total, digest, version)
     SELECT d.*, 1 FROM unnest($1::integer[], $2::integer[], $3::text[], $4::timestamptz[], $5::text[], $6::bigint[], $7::numeric[], $8::numeric[]) AS d
     ON CONFLICT (organization_id, meter_id, customer, hour, group_key) DO UPDATE SET
       event_count = u.event_count + excluded.event_count,
       total = u.total + excluded.total,
       digest = mod(u.digest + excluded.digest, 115792089237316195423570985008687907853269984665640564039457584007913129639936),
       version = u.version + 1
     RETURNING organization_id, meter_id, customer, hour, group_key, event_count, total, version`,
    [
      deltas.map((delta) => delta.organizationId),
      deltas.map((delta) => delta.meterId),
      deltas.map((delta) => delta.customer),
      deltas.map((delta) => new Date(delta.hour)),
      deltas.map((delta) => delta.groupKey),
      deltas.map((delta) => delta.eventCount.toString()),
      deltas.map((delta) => delta.total.toFixed()),
      deltas.map((delta) => delta.digest.toString()),
    ],
  );
  return rows.map((row) => ({
    organizationId: row.organization_id,
    meterId: row.meter_id,
    customer: row.customer,
    hour: row.hour,
    groupKey: row.group_key,
    eventCount: row.event_count,
    total: row.total,
    version: BigInt(row.version),
  }));
}

interface UpsertedRow {
  readonly organization_id: number;
  readonly meter_id: number;
  readonly customer: string;
  readonly hour: Date;
  readonly group_key: string;
  readonly event_count: string;
  readonly total: string;
  readonly version: string;
}
