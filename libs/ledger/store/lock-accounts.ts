import type { Transaction } from '#libs/database/transaction.ts';
import type { Balance, Book } from '../transfer.ts';

/** Accounts of these books, locked until commit in the order of customer, currency and account. Opens none. */
export async function lockAccounts(
  tx: Transaction,
  organizationId: number,
  books: readonly Book[],
): Promise<Balance[]> {
  const { rows } = await tx.query<Balance>(
    `SELECT a.customer_id AS "customerId", a.currency, a.account, a.balance
       FROM ledger_accounts a
      WHERE a.organization_id = $1 AND (a.customer_id, a.currency) IN (SELECT * FROM unnest($2::uuid[], $3::text[]))
      ORDER BY a.customer_id, a.currency, a.account
        FOR NO KEY UPDATE OF a`,
    [organizationId, books.map(({ customerId }) => customerId), books.map(({ currency }) => currency)],
  );
  return rows;
}
