import type { Transaction } from '#libs/database/transaction.ts';
import { DEAD_LETTER_COLUMNS, type StoredDeadLetter } from './dead-letter-row.ts';

/** Those with these ids that there are, by id. */
export async function selectDeadLetters(
  tx: Transaction,
  organizationId: number,
  ids: readonly string[],
): Promise<Map<string, StoredDeadLetter>> {
  const { rows } = await tx.query<StoredDeadLetter>(
    `SELECT ${DEAD_LETTER_COLUMNS} FROM dead_letters WHERE organization_id = $1 AND id = ANY($2::uuid[])`,
    [organizationId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
