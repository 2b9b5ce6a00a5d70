import type { Transaction } from '#libs/database/transaction.ts';
import type { EpochBalance } from '../reconcile/unexplained.ts';

/** For each partition and epoch, records applied by its offsets and by what became of them. One statement, one snapshot. All organizations. */
export async function selectEpochBalances(tx: Transaction): Promise<EpochBalance[]> {
  const { rows } = await tx.query<{ partition: number; epoch: number; applied: string; counted: string }>(
    `SELECT partition, epoch, coalesce(a.applied, 0) AS applied, coalesce(c.records, 0) AS counted
       FROM (SELECT partition, epoch, next_offset - first_offset AS applied FROM log_offsets
             UNION ALL SELECT partition, epoch, next_offset - first_offset FROM log_epochs) a
       FULL JOIN (SELECT log_partition AS partition, log_epoch AS epoch, sum(records) AS records FROM record_counts GROUP BY 1, 2) c
            USING (partition, epoch)
      ORDER BY epoch, partition`,
  );
  return rows.map((row) => ({ ...row, applied: BigInt(row.applied), counted: BigInt(row.counted) }));
}
