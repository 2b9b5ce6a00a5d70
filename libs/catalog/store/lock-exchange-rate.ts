import type { Transaction } from '#libs/database/transaction.ts';

/** Until commit nobody else enters or withdraws a rate of the pair. */
export async function lockExchangeRate(
  tx: Transaction,
  organizationId: number,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `tollbook:exchange_rate:${organizationId}:${from}:${to}`,
  ]);
}
