import type { Transaction } from '#libs/database/transaction.ts';
import type { DailyRecord } from './select-daily-records.ts';

/** Adds records to a day whose row is locked. */
export async function insertDailyRecords(
  tx: Transaction,
  organizationId: number,
  date: string,
  records: readonly DailyRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await tx.query(
    `WITH added AS (
       INSERT INTO daily_commit_records (organization_id, date, position, customer, product_sku, use_unit, amount)
       SELECT $1, $2::date, r.* FROM unnest($3::integer[], $4::text[], $5::text[], $6::text[], $7::numeric[]) AS r
       RETURNING 1
     )
     UPDATE daily_commits SET records = records + (SELECT count(*) FROM added)::integer WHERE organization_id = $1 AND date = $2::date`,
    [
      organizationId,
      date,
      records.map(({ position }) => position),
      records.map(({ customer }) => customer),
      records.map(({ productSku }) => productSku),
      records.map(({ useUnit }) => useUnit),
      records.map(({ amount }) => amount),
    ],
  );
}
