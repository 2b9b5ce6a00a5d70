import { addDays, localDateAt } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction, type Transaction } from '#libs/database/transaction.ts';
import { selectLateCustomers } from '../store/select-late-customers.ts';
import { selectSeller } from '../store/select-seller.ts';
import { type Chunk, collectUsage } from './collect.ts';
import { readLate } from './read-late.ts';
import { readSubscriptions } from './read-subscriptions.ts';

/** Late usage goes on the next invoice if one is due within so many days, else on one of its own. */
export const WAITS_DAYS = 35;

export interface LateChunkRequest {
  readonly organizationId: number;
  /** Epoch milliseconds: of services that ended behind the one and not behind the other. */
  readonly servedAfter: number;
  readonly servedUntil: number;
  /** This customer alone, whatever is due soon; null: all who have nothing due soon. */
  readonly customerId: string | null;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly after: string | null;
  readonly limit: number;
}

/** Reads one chunk of customers whose late usage does not wait for their next invoice. */
export function collectLateChunk(pool: Pool, request: LateChunkRequest): Promise<Chunk> {
  return inTransaction(pool, (tx) => collectLate(tx, request), 'REPEATABLE READ READ ONLY');
}

/** The same within a transaction, which must be REPEATABLE READ. */
export async function collectLate(tx: Transaction, request: LateChunkRequest): Promise<Chunk> {
  const { organizationId, now, customerId, servedAfter, servedUntil } = request;
  const terms = await selectSeller(tx, organizationId);
  const dueUntil = customerId === null ? addDays(localDateAt(now, terms.timeZone), WAITS_DAYS) : null;
  const customers = await selectLateCustomers(tx, { ...request, dueUntil });
  const subscriptions = await readSubscriptions(tx, organizationId, { customerIds: customers.map(({ id }) => id) });
  const found = await readLate(tx, { organizationId, servedAfter, servedUntil, customers, subscriptions });
  const stuck = new Set(found.parked.map((one) => one.customerId));
  const late = customers.flatMap(({ currencies, ...customer }) => {
    const documents = (found.documents.get(customer.id) ?? []).filter(({ billed }) =>
      currencies.includes(billed.first.invoice.currency),
    );
    const freed = found.freed.get(customer.id) ?? [];
    return documents.length + freed.length === 0 || stuck.has(customer.id) ? [] : [{ customer, documents, freed }];
  });
  const collected = await collectUsage(
    tx,
    { organizationId, terms, now },
    late.map(({ customer }) => ({ customer, units: [], credits: [] })),
  );
  return {
    last: customers.at(-1)?.id ?? null,
    looked: customers.length,
    terms,
    customers: collected.map((each, index) => ({
      ...each,
      late: late[index]?.documents ?? [],
      freed: late[index]?.freed ?? [],
    })),
    parked: found.parked,
  };
}
