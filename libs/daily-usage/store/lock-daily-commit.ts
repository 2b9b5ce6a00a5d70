import type { Transaction } from '#libs/database/transaction.ts';

export interface DailyCommit {
  readonly records: number;
  readonly sent: number;
  /** Null: nobody began to send those that are not sent. */
  readonly begunAtOffset: bigint | null;
}

/** Locked until the transaction ends. Null: the day was never committed. */
export async function lockDailyCommit(
  tx: Transaction,
  organizationId: number,
  date: string,
): Promise<DailyCommit | null> {
  const { rows } = await tx.query<{ records: number; sent: number; begun: string | null }>(
    `SELECT records, sent, begun_at_offset::text AS begun FROM daily_commits WHERE organization_id = $1 AND date = $2 FOR UPDATE`,
    [organizationId, date],
  );
  const [row] = rows;
  return row
    ? { records: row.records, sent: row.sent, begunAtOffset: row.begun === null ? null : BigInt(row.begun) }
    : null;
}
