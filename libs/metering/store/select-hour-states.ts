import type { Transaction } from '#libs/database/transaction.ts';
import { type HourState, latestText, plain, uniqueText } from '../reconcile/compare-hours.ts';

const ON_DAY = `hour >= ($1::date::timestamp AT TIME ZONE 'UTC') AND hour < (($1::date + 1)::timestamp AT TIME ZONE 'UTC')`;

/** The hourly rows of a day (YYYY-MM-DD, UTC) as they are stored. Of all organizations. */
export async function selectHourStates(tx: Transaction, day: string): Promise<HourState[]> {
  const { rows } = await tx.query<HourRow>(
    `SELECT organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, weighted, minimum, maximum,
            latest, latest_time, latest_id
       FROM usage_hourly WHERE ${ON_DAY}`,
    [day],
  );
  const unique = await uniqueOfDay(tx, day);
  return rows.map((row) => ({
    organizationId: row.organization_id,
    meterId: row.meter_id,
    customer: row.customer,
    hour: row.hour.getTime(),
    subscription: row.subscription,
    groupKey: row.group_key,
    eventCount: row.event_count,
    total: plain(row.total),
    digest: row.digest,
    weighted: row.weighted === null ? null : plain(row.weighted),
    minimum: row.minimum === null ? null : plain(row.minimum),
    maximum: row.maximum === null ? null : plain(row.maximum),
    latest:
      row.latest === null ? null : latestText(row.latest, (row.latest_time as Date).getTime(), row.latest_id as string),
    unique: uniqueText(unique.get(hourKey(row)) ?? new Map()),
  }));
}

async function uniqueOfDay(tx: Transaction, day: string): Promise<Map<string, Map<string, number>>> {
  const { rows } = await tx.query<UniqueRow>(
    `SELECT organization_id, meter_id, customer, hour, subscription, group_key, value_hash, event_count FROM usage_unique WHERE ${ON_DAY}`,
    [day],
  );
  const byHour = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const key = hourKey(row);
    const values = byHour.get(key) ?? new Map<string, number>();
    values.set(row.value_hash.replaceAll('-', ''), Number(row.event_count));
    byHour.set(key, values);
  }
  return byHour;
}

const hourKey = (row: HourKeyRow): string =>
  JSON.stringify([row.organization_id, row.meter_id, row.hour, row.customer, row.subscription, row.group_key]);

interface HourKeyRow {
  readonly organization_id: number;
  readonly meter_id: number;
  readonly customer: string;
  readonly hour: Date;
  readonly subscription: string;
  readonly group_key: string;
}

interface UniqueRow extends HourKeyRow {
  readonly value_hash: string;
  readonly event_count: string;
}

interface HourRow extends HourKeyRow {
  readonly event_count: string;
  readonly total: string;
  readonly digest: string;
  readonly weighted: string | null;
  readonly minimum: string | null;
  readonly maximum: string | null;
  readonly latest: string | null;
  readonly latest_time: Date | null;
  readonly latest_id: string | null;
}
