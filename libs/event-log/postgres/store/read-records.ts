import type { Transaction } from '#libs/database/transaction.ts';
import type { StoredRecord } from '../../event-log.ts';

/** The next records of a partition, as many as fit into `maxBytes` but at least one, if there is any. */
export async function readRecords(
  tx: Transaction,
  partition: number,
  from: bigint,
  limits: { readonly maxRecords: number; readonly maxBytes: number },
): Promise<StoredRecord[]> {
  const { rows } = await tx.query<{ offset: string; appended_at: Date; value: Buffer }>(
    `SELECT "offset", appended_at, value
       FROM (SELECT "offset", appended_at, value, sum(octet_length(value)) OVER (ORDER BY "offset") - octet_length(value) AS bytes_before
               FROM (SELECT * FROM log_records WHERE partition = $1 AND "offset" >= $2 ORDER BY "offset" LIMIT $3) AS ahead) AS sized
      WHERE bytes_before < $4
      ORDER BY "offset"`,
    [partition, from.toString(), limits.maxRecords, limits.maxBytes],
  );
  return rows.map((row) => ({ offset: BigInt(row.offset), appendedAt: row.appended_at, value: row.value }));
}
