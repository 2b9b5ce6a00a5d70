import type { Transaction } from '#libs/database/transaction.ts';
import type { DailyUsage } from '../daily-differences.ts';

export interface DailyRecord extends DailyUsage {
  /** 1, 2, 3 … of the day. */
  readonly position: number;
}

/** Records of a day behind a position. */
export async function selectDailyRecords(
  tx: Transaction,
  organizationId: number,
  date: string,
  after: number,
): Promise<DailyRecord[]> {
  const { rows } = await tx.query<DailyRecord>(
    `SELECT position, customer, product_sku AS "productSku", use_unit AS "useUnit", trim_scale(amount)::text AS amount
       FROM daily_commit_records WHERE organization_id = $1 AND date = $2 AND position > $3 ORDER BY position`,
    [organizationId, date, after],
  );
  return rows;
}
