import type { Transaction } from '#libs/database/transaction.ts';
import type { Balance } from '../transfer.ts';

/** Of accounts that the caller has locked. */
export async function updateBalances(
  tx: Transaction,
  organizationId: number,
  balances: readonly Balance[],
): Promise<void> {
  await tx.query(
    `UPDATE ledger_accounts a SET balance = b.balance
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::numeric[]) AS b (customer_id, currency, account, balance)
      WHERE a.organization_id = $1 AND a.customer_id = b.customer_id AND a.currency = b.currency AND a.account = b.account`,
    [
      organizationId,
      balances.map(({ customerId }) => customerId),
      balances.map(({ currency }) => currency),
      balances.map(({ account }) => account),
      balances.map(({ balance }) => balance),
    ],
  );
}
