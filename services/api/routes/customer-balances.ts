import { z } from 'zod';
import type { Customer } from '#libs/catalog/customer-schema.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { type AdjustmentInput, adjustmentSchema } from '#libs/ledger/adjustment-schema.ts';
import { BalanceTooLow } from '#libs/ledger/balance-too-low.ts';
import { adjustBalance } from '#libs/ledger/run/adjust-balance.ts';
import type { Posting } from '#libs/ledger/run/post-transfers.ts';
import { listTransfers } from '#libs/ledger/store/list-transfers.ts';
import { selectBalances } from '#libs/ledger/store/select-balances.ts';
import { CUSTOMER_ACCOUNTS, isCustomerAccount, type PostedTransfer } from '#libs/ledger/transfer.ts';
import { TransferMismatch } from '#libs/ledger/transfer-mismatch.ts';
import { amountString } from '#libs/money/amount-string.ts';
import { currencySchema } from '#libs/pricing/charge-schema.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema, timeSchema } from '../fields.ts';

const balancesAnswer = z.object({
  data: z.array(z.object({ currency: z.string(), prepaid: z.string(), credit: z.string() })),
});

const transactionAnswer = z.object({
  id: idSchema.describe('Of the adjustment, or of the document or payment that it was made for'),
  kind: z.enum(['adjustment', 'invoice', 'invoice_voided', 'credit_note', 'overpayment']),
  currency: z.string(),
  entries: z.array(
    z.object({
      account: z.enum(CUSTOMER_ACCOUNTS),
      amount: z.string().describe('Added; below zero: taken'),
      balance: z.string().describe('Of the account, after it'),
    }),
  ),
  reason: z.string().nullable(),
  created_at: timeSchema,
});

const present = ({
  id,
  kind,
  currency,
  entries,
  reason,
  createdAt,
}: PostedTransfer): z.infer<typeof transactionAnswer> => ({
  id,
  kind,
  currency,
  entries: entries.flatMap(({ account, amount, balance }) =>
    isCustomerAccount(account) && balance !== null
      ? [{ account, amount: amountString(amount, currency), balance: amountString(balance, currency) }]
      : [],
  ),
  reason,
  created_at: createdAt.toISOString(),
});

const positionSchema = z.string().regex(/^\d{1,18}$/);

export function customerBalanceRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/customers/{key}/balance-adjustments',
      scope: 'write',
      summary: 'Add to a balance of a customer or take from it, by hand',
      body: adjustmentSchema,
      response: transactionAnswer,
      status: 201,
      // It was there already.
      alsoStatus: [200],
      async handler({ organizationId, params: { key }, body }) {
        const { transfer, repeated } = await inOrganization(pool, organizationId, async (tx) =>
          adjust(tx, organizationId, await customerOf(tx, organizationId, key), body, newId(dependencies)),
        );
        return { status: repeated ? 200 : 201, body: present(transfer) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{key}/balances',
      scope: 'read',
      summary: 'What a customer has, in each currency in which it ever had anything',
      response: balancesAnswer,
      async handler({ organizationId, params: { key } }) {
        const rows = await inOrganization(pool, organizationId, async (tx) =>
          selectBalances(tx, organizationId, (await customerOf(tx, organizationId, key)).id),
        );
        const data = rows.map(({ currency, prepaid, credit }) => ({
          currency,
          prepaid: amountString(prepaid, currency),
          credit: amountString(credit, currency),
        }));
        return { body: { data } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{key}/balance-transactions',
      scope: 'read',
      summary: 'What was added to balances of a customer and taken from them, newest first',
      query: z.strictObject({ ...pageQuery, currency: currencySchema.optional() }),
      response: pageSchema(transactionAnswer),
      async handler({ organizationId, params: { key }, query: { limit, cursor, currency = null } }) {
        const before = decodeCursor(cursor, positionSchema) ?? null;
        const rows = await inOrganization(pool, organizationId, async (tx) => {
          const { id: customerId } = await customerOf(tx, organizationId, key);
          return listTransfers(tx, { organizationId, customerId, currency, before, limit: limit + 1 });
        });
        return { body: pageOf(rows, limit, present, (row) => row.position) };
      },
    }),
  ];
}

async function customerOf(tx: Transaction, organizationId: number, key: string): Promise<Customer> {
  const customer = await selectCustomerByKey(tx, organizationId, key);
  if (!customer) throw new ApiError('not_found', `There is no customer "${key}".`);
  return customer;
}

async function adjust(
  tx: Transaction,
  organizationId: number,
  customer: Customer,
  { id, ...input }: AdjustmentInput,
  newOne: string,
): Promise<Posting> {
  try {
    return await adjustBalance(tx, organizationId, { ...input, id: id ?? newOne, customerId: customer.id });
  } catch (error) {
    if (error instanceof TransferMismatch)
      throw new ApiError(
        'id_mismatch',
        `There is an adjustment ${error.id} with other fields. Nothing was changed: send another id for another adjustment.`,
        { cause: error },
      );
    if (error instanceof BalanceTooLow) {
      const { account, currency, balance } = error.held;
      throw new ApiError(
        'balance_too_low',
        `Customer "${customer.key}" has ${amountString(balance, currency)} ${currency} ${account}; ${amountString(error.wanted, currency)} cannot be taken.`,
        { cause: error },
      );
    }
    throw error;
  }
}
