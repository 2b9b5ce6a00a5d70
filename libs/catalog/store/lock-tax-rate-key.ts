import type { Transaction } from '#libs/database/transaction.ts';

/** Until commit nobody else adds or ends an entry of the tax rate: none can come to overlap. */
export async function lockTaxRateKey(tx: Transaction, organizationId: number, key: string): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtextextended('tollbook:tax_rate:' || $1::text || ':' || $2::text, 0))`,
    [organizationId, key],
  );
}
