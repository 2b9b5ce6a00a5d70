import type { Transaction } from '#libs/database/transaction.ts';
import type { StoredMeter } from '../store/meter-row.ts';
import { selectActiveWindows } from '../store/select-active-windows.ts';
import { selectMeteredCustomers } from '../store/select-metered-customers.ts';
import { readUsage } from './read-usage.ts';
import type { Span } from './split-span.ts';
import type { GroupChoice, SubscriptionRule, Usage } from './usage-request.ts';

export interface UsagePageQuery {
  /** All versions of one meter. */
  readonly versions: readonly StoredMeter[];
  /** Key of one customer; null: all of them. */
  readonly customer: string | null;
  /** All names that events of a customer bear, by its key. */
  readonly namesOf: (keys: readonly string[]) => Promise<ReadonlyMap<string, { readonly names: readonly string[] }>>;
  readonly subscription: SubscriptionRule | undefined;
  /** They touch, in order; not none. */
  readonly windows: readonly Span[];
  readonly groups: GroupChoice;
  /** Only rows behind this one. */
  readonly after: UsagePosition | undefined;
  readonly limit: number;
}

export interface UsagePosition {
  readonly customer: string;
  /** Beginning of the window. */
  readonly from: number;
  readonly groupKey: string;
}

export interface UsageWindowRow extends Usage {
  readonly customer: string;
  readonly window: Span;
}

const CUSTOMERS_AT_ONCE = 200;

/**
 * Usage by customer, window and group, in that order; what holds no event is left out. Each window is aggregated for itself, never added up. In a
 * REPEATABLE READ transaction, see readUsage.
 */
export async function readUsagePage(
  tx: Transaction,
  organizationId: number,
  query: UsagePageQuery,
): Promise<UsageWindowRow[]> {
  const { customer, after, limit, namesOf } = query;
  const rows: UsageWindowRow[] = [];
  const first = customer ?? after?.customer ?? null;
  if (first !== null) {
    const names = (await namesOf([first])).get(first)?.names ?? [first];
    await readCustomers(tx, organizationId, query, [{ key: first, names }], rows, after);
  }
  if (customer !== null) return rows;
  const meterIds = query.versions.map(({ id }) => id);
  for (let behind: string | null = first ?? ''; behind !== null && rows.length < limit; ) {
    const page: Awaited<ReturnType<typeof selectMeteredCustomers>> = await selectMeteredCustomers(
      tx,
      organizationId,
      meterIds,
      behind,
      CUSTOMERS_AT_ONCE,
    );
    const known = await namesOf(page.keys);
    const customers = page.keys.map((key) => ({ key, names: known.get(key)?.names ?? [key] }));
    if (customers.length > 0) await readCustomers(tx, organizationId, query, customers, rows, undefined);
    behind = page.next;
  }
  return rows;
}

/** Adds rows of these customers until the page is full. */
async function readCustomers(
  tx: Transaction,
  organizationId: number,
  query: UsagePageQuery,
  customers: readonly { readonly key: string; readonly names: readonly string[] }[],
  rows: UsageWindowRow[],
  after: UsagePosition | undefined,
): Promise<void> {
  const { versions, windows, subscription, groups, limit } = query;
  const [{ key: meter, aggregation }] = versions as [StoredMeter];
  const hasLevel = aggregation === 'weighted_sum';
  // The window of the cursor is read again, for the groups behind it.
  const begun = after ? windows.findLastIndex(({ from }) => from <= after.from) : -1;
  let last = after ? { customer: 0, window: begun - 1 } : { customer: -1, window: -1 };
  while (rows.length < limit) {
    const wanted = limit - rows.length;
    const active = await selectActiveWindows(tx, organizationId, {
      meterIds: versions.map(({ id }) => id),
      customers: customers.map(({ names }) => names),
      windows,
      subscription,
      hasLevel,
      after: last,
      limit: wanted,
    });
    const answers = await readUsage(
      tx,
      organizationId,
      active.map((one) => ({
        meter,
        names: (customers[one.customer] as { names: readonly string[] }).names,
        subscription,
        groups,
        ...(windows[one.window] as Span),
      })),
    );
    for (const [index, one] of active.entries()) {
      const customer = (customers[one.customer] as { key: string }).key;
      for (const usage of answers[index] as Usage[]) {
        if (usage.eventCount === '0' && !(hasLevel && usage.quantity !== '0')) continue;
        if (after && one.window === begun && usage.groupKey <= after.groupKey) continue;
        rows.push({ customer, window: windows[one.window] as Span, ...usage });
      }
    }
    last = active.at(-1) ?? last;
    if (active.length < wanted) return;
  }
}
