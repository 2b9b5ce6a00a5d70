import { selectSubscription } from '#libs/catalog/store/select-subscription.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import type { ForCustomer, Route } from '#libs/http/route.ts';
import type { TokenCustomer } from '#libs/http/tokens/terms.ts';
import { selectInvoice } from '#libs/invoicing/store/select-invoice.ts';

/**
 * What a customer token opens, and by what each request is held to its customer: the customer in the path, the list that is asked for, or
 * whose the document is. Everything else is closed to tokens. What belongs to others is answered like what is not there.
 */
const BOUND_BY: Readonly<Record<string, 'key' | 'query' | 'document' | 'subscription'>> = {
  '/v1/customers/{key}': 'key',
  '/v1/customers/{key}/balances': 'key',
  '/v1/customers/{key}/balance-transactions': 'key',
  '/v1/customers/{key}/invoice-preview': 'key',
  '/v1/invoices': 'query',
  '/v1/credit-notes': 'query',
  '/v1/subscriptions': 'query',
  '/v1/usage': 'query',
  '/v1/invoices/{id}': 'document',
  '/v1/invoices/{id}/pdf': 'document',
  '/v1/credit-notes/{id}': 'document',
  '/v1/credit-notes/{id}/pdf': 'document',
  '/v1/subscriptions/{id}': 'subscription',
};

export function openToCustomers(route: Route, pool: Pool): Route {
  const boundBy = route.method === 'GET' ? BOUND_BY[route.path] : undefined;
  return boundBy === undefined ? route : { ...route, forCustomer: bindingsOn(pool)[boundBy] };
}

function bindingsOn(pool: Pool): Record<(typeof BOUND_BY)[string], ForCustomer> {
  type IsTheirs = (tx: Transaction, organizationId: number, id: string, customer: TokenCustomer) => Promise<boolean>;
  const byId =
    (isTheirs: IsTheirs): ForCustomer =>
    async ({ organizationId, customer, params, query }) => {
      const { id } = params as { id: string };
      const theirs = await inOrganization(pool, organizationId, (tx) => isTheirs(tx, organizationId, id, customer));
      if (!theirs) throw notTheirs();
      return query;
    };
  return {
    async key({ customer, params, query }) {
      if ((params as { key: string }).key !== customer.key) throw notTheirs();
      return query;
    },
    async query({ customer, query }) {
      const asked = (query as { customer?: string }).customer;
      if (asked !== undefined && asked !== customer.key) throw notTheirs();
      return { ...(query as object), customer: customer.key };
    },
    document: byId(
      async (tx, organizationId, id, customer) =>
        (await selectInvoice(tx, organizationId, id))?.customerId === customer.id,
    ),
    subscription: byId(
      async (tx, organizationId, id, customer) =>
        (await selectSubscription(tx, organizationId, id))?.customerKey === customer.key,
    ),
  };
}

const notTheirs = (): ApiError => new ApiError('not_found', 'The customer of this token has nothing of that name.');
