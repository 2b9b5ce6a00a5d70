import type { Transaction } from '#libs/database/transaction.ts';

/** Whether an invoice was given up as uncollectible from then on, or taken back. */
export interface UncollectibleMark {
  readonly number: number;
  readonly uncollectible: boolean;
  /** Null where it was taken back. */
  readonly reason: string | null;
  readonly markedAt: Date;
}

/** All marks of an invoice, oldest first; the last one says what it is now. */
export async function selectMarks(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
): Promise<UncollectibleMark[]> {
  const { rows } = await tx.query<UncollectibleMark>(
    `SELECT number, uncollectible, reason, marked_at AS "markedAt"
       FROM uncollectible_marks WHERE organization_id = $1 AND invoice_id = $2 ORDER BY number`,
    [organizationId, invoiceId],
  );
  return rows;
}
