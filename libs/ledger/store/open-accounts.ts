import type { Transaction } from '#libs/database/transaction.ts';
import { type Balance, type Book, CUSTOMER_ACCOUNTS } from '../transfer.ts';

/**
 * Opens both accounts of each book, or locks what somebody else opened meanwhile: one statement, so that nobody gets between. In the order
 * of lockAccounts.
 */
export async function openAccounts(
  tx: Transaction,
  organizationId: number,
  books: readonly Book[],
): Promise<Balance[]> {
  const { rows } = await tx.query<Balance>(
    `INSERT INTO ledger_accounts AS a (organization_id, customer_id, currency, account, balance)
     SELECT $1, b.customer_id, b.currency, k.account, 0
       FROM unnest($2::uuid[], $3::text[]) AS b (customer_id, currency) CROSS JOIN unnest($4::text[]) AS k (account)
      ORDER BY b.customer_id, b.currency, k.account
     ON CONFLICT (organization_id, customer_id, currency, account) DO UPDATE SET balance = a.balance
     RETURNING a.customer_id AS "customerId", a.currency, a.account, a.balance`,
    [
      organizationId,
      books.map(({ customerId }) => customerId),
      books.map(({ currency }) => currency),
      CUSTOMER_ACCOUNTS,
    ],
  );
  return rows;
}
