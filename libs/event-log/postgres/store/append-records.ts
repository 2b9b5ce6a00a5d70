import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Appends to one partition and returns the offset of the first record. The partition's row stays locked until the transaction ends:
 * offsets become visible in order, and those of a transaction that rolls back are given to the next.
 */
export async function appendRecords(tx: Transaction, partition: number, values: readonly Buffer[]): Promise<bigint> {
  const { rows } = await tx.query<{ first: string }>(
    `WITH taken AS (
       UPDATE log_partitions SET next_offset = next_offset + $2 WHERE partition = $1
       RETURNING next_offset - $2 AS first
     ), appended AS (
       INSERT INTO log_records (partition, "offset", value)
       SELECT $1, taken.first + ordinality - 1, value FROM taken, unnest($3::bytea[]) WITH ORDINALITY AS record (value, ordinality)
     )
     SELECT first FROM taken`,
    [partition, values.length, values],
  );
  if (!rows[0]) throw new Error(`the log has no partition ${partition}`);
  return BigInt(rows[0].first);
}
