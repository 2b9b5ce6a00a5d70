import type { Transaction } from '#libs/database/transaction.ts';
import { DEAD_LETTER_COLUMNS, type StoredDeadLetter } from './dead-letter-row.ts';

export interface DeadLetterQuery {
  readonly organizationId: number;
  /** Null: any. */
  readonly reason: string | null;
  /** Only those before this one. */
  readonly after: { readonly receivedAt: Date; readonly id: string } | null;
  readonly limit: number;
}

/** Newest first. */
export async function listDeadLetters(tx: Transaction, query: DeadLetterQuery): Promise<StoredDeadLetter[]> {
  const { rows } = await tx.query<StoredDeadLetter>(
    `SELECT ${DEAD_LETTER_COLUMNS} FROM dead_letters
      WHERE organization_id = $1 AND ($2::text IS NULL OR reason = $2)
        AND ($3::timestamptz IS NULL OR (date_trunc('milliseconds', received_at), id) < ($3, $4::uuid))
      ORDER BY date_trunc('milliseconds', received_at) DESC, id DESC LIMIT $5`,
    [query.organizationId, query.reason, query.after?.receivedAt ?? null, query.after?.id ?? null, query.limit],
  );
  return rows;
}
