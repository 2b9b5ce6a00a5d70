import type { Transaction } from '#libs/database/transaction.ts';

/** Notes how far the records of a day are in the topic, and where sending the others began. */
export async function updateDailySending(
  tx: Transaction,
  organizationId: number,
  date: string,
  sending: { readonly sent: number; readonly begunAtOffset: bigint | null },
): Promise<void> {
  await tx.query('UPDATE daily_commits SET sent = $3, begun_at_offset = $4 WHERE organization_id = $1 AND date = $2', [
    organizationId,
    date,
    sending.sent,
    sending.begunAtOffset?.toString() ?? null,
  ]);
}
