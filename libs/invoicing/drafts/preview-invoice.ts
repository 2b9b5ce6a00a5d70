import { addDays, localDateAt } from '#libs/catalog/billing-period.ts';
import type { Subscribed } from '#libs/catalog/subscribed.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { readBalances } from '#libs/ledger/run/read-balances.ts';
import { readRemaining } from '../collect/read-remaining.ts';
import { readSubscriptions } from '../collect/read-subscriptions.ts';
import type { InvoiceDraft } from '../documents/assemble.ts';
import { knowingTheZone, nextDueOn } from '../due/due-units.ts';
import { bookText, settle } from '../settle/settle.ts';
import { selectDueFrom } from '../store/select-due-from.ts';
import { draftOneCustomer } from './draft-one-customer.ts';

export interface PreviewRequest {
  readonly organizationId: number;
  readonly customerId: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Local date by which what is shown falls due; the next one on which something does if left out. */
  readonly until?: string | undefined;
}

export interface InvoicePreview {
  /** Null: nothing will fall due. */
  readonly until: string | null;
  readonly drafts: readonly InvoiceDraft[];
}

/**
 * The documents that a customer would get if what is used by now were all: what is not billed yet and what falls due next, by the steps of a
 * run up to finalizing and its settlement, in one snapshot. Stores nothing. @throws CannotBill
 */
export function previewInvoice(pool: Pool, request: PreviewRequest): Promise<InvoicePreview> {
  return inOrganization(pool, request.organizationId, (tx) => previewIn(tx, request), 'REPEATABLE READ READ ONLY');
}

async function previewIn(tx: Transaction, request: PreviewRequest): Promise<InvoicePreview> {
  const { organizationId, customerId, now } = request;
  const subscriptions = await readSubscriptions(tx, organizationId, { customerIds: [customerId] });
  const until = request.until ?? nextOf(subscriptions, now);
  const dueFrom = await selectDueFrom(tx, organizationId, customerId);
  if (until === null || dueFrom === null) return { until, drafts: [] };
  const drafts = await draftOneCustomer(tx, customerId, {
    organizationId,
    window: { endsAfter: addDays([dueFrom, until].sort()[0] as string, -1), endsUntil: until, backdated: false },
    begunAt: Number.POSITIVE_INFINITY,
    now,
  });
  if (drafts.length === 0) return { until, drafts };
  return { until, drafts: await settled(tx, request, drafts) };
}

/** With balances as they are now, and what is not issued as it is. */
async function settled(
  tx: Transaction,
  { organizationId, customerId }: PreviewRequest,
  drafts: readonly InvoiceDraft[],
): Promise<InvoiceDraft[]> {
  const issued = drafts.filter(({ isSkipped }) => !isSkipped);
  const balances = await readBalances(tx, organizationId, customerId);
  const held = new Map(balances.map((each) => [bookText({ customerId, currency: each.currency }), each]));
  const remaining = await readRemaining(tx, organizationId, issued);
  return [...settle(issued, { held, remaining }), ...drafts.filter(({ isSkipped }) => isSkipped)];
}

/** The next local date on which something of them falls due. */
function nextOf(subscriptions: readonly Subscribed[], now: number): string | null {
  const dates = subscriptions.flatMap(
    (subscription) =>
      knowingTheZone(subscription, () => nextDueOn(subscription, localDateAt(now, subscription.timeZone))) ?? [],
  );
  return dates.sort()[0] ?? null;
}
