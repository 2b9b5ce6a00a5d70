import type { Transaction } from '#libs/database/transaction.ts';

/** What a customer has in a currency, as decimal strings. */
export interface CurrencyBalances {
  readonly currency: string;
  readonly credit: string;
  readonly prepaid: string;
}

/** One for each currency in which the customer ever had anything. */
export async function selectBalances(
  tx: Transaction,
  organizationId: number,
  customerId: string,
): Promise<CurrencyBalances[]> {
  const { rows } = await tx.query<CurrencyBalances>(
    `SELECT currency, sum(balance) FILTER (WHERE account = 'credit') AS credit, sum(balance) FILTER (WHERE account = 'prepaid') AS prepaid
       FROM ledger_accounts WHERE organization_id = $1 AND customer_id = $2 GROUP BY currency ORDER BY currency`,
    [organizationId, customerId],
  );
  return rows;
}
