import { localDateAt } from '#libs/catalog/billing-period.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import type { UsageRequest } from '#libs/metering/read/usage-request.ts';
import { type Charge, chargeSchema } from '#libs/pricing/charge-schema.ts';
import { readSubscriptions } from '../collect/read-subscriptions.ts';
import type { DocumentLine, InvoiceDocument } from '../documents/document.ts';
import { stretchPricedBy } from '../due/stretch-priced-by.ts';
import { type Stretch, stretchesOf } from '../due/stretches.ts';
import { groupChoice } from '../rate/group-choice.ts';
import { groupOf } from '../rate/group-of.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { selectCustomer } from '../store/select-customer.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import { selectSubscribedPlans } from '../store/select-subscribed-plans.ts';

/** A line with what it was made by. */
export interface FoundLine {
  readonly invoice: StoredInvoice;
  readonly line: DocumentLine;
  /** The charge of the subscription on the day on which the line's service begins; null for what belongs to none, or was changed since. */
  readonly stretch: Stretch | null;
  /** Its terms, overrides applied; null for a plan's minimum too. */
  readonly terms: Charge | null;
  /** What it asked of its meter; null where nothing was counted. */
  readonly usage: LineUsage | null;
}

export interface LineUsage {
  readonly request: UsageRequest & { readonly watermark: InvoiceDocument['watermark'] };
  /** Whether a group key of an answer is the line's. */
  readonly isOfLine: (groupKey: string) => boolean;
}

/** Null: there is no such document, or no such line of it. */
export async function findLine(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
  position: number,
): Promise<FoundLine | null> {
  const invoice = await selectInvoice(tx, organizationId, invoiceId);
  const line = invoice?.document.lines.find((one) => one.position === position);
  if (!invoice || !line) return null;
  const stretch = await findStretch(tx, organizationId, line);
  const terms = chargeSchema.safeParse(stretch?.charge.terms).data ?? null;
  return { invoice, line, stretch, terms, usage: await usageOf(tx, organizationId, invoice, line, terms) };
}

async function findStretch(tx: Transaction, organizationId: number, line: DocumentLine): Promise<Stretch | null> {
  if (line.subscription_id === undefined || line.service_from === undefined) return null;
  const [subscription] = await readSubscriptions(tx, organizationId, { subscriptionIds: [line.subscription_id] });
  if (!subscription) return null;
  const day = localDateAt(Date.parse(line.service_from), subscription.timeZone);
  const isIt = ({ chargeKey, kind, startsOn, endsOn }: Stretch) =>
    chargeKey === line.charge_key &&
    (kind === 'commitment') === ((line.adjusts ?? line.kind) === 'commitment') &&
    startsOn <= day &&
    (endsOn === null || day < endsOn);
  const stretch = stretchesOf(subscription).find(isIt) ?? null;
  if (stretch === null || line.priced_by === undefined) return stretch;
  // Of the document and not of what is billed now: that may have been issued anew once more.
  const plans = await selectSubscribedPlans(tx, organizationId, [line.priced_by.id]);
  return stretchPricedBy({ ...subscription, plans }, stretch, line.priced_by.id);
}

async function usageOf(
  tx: Transaction,
  organizationId: number,
  { customerId, document: { watermark } }: StoredInvoice,
  line: DocumentLine,
  terms: Charge | null,
): Promise<LineUsage | null> {
  const { evidence, service_from: from, service_to: to, subscription_id: named } = line;
  if (evidence === undefined || from === undefined || to === undefined || named === undefined) return null;
  const customer = await selectCustomer(tx, organizationId, customerId);
  const group = canonicalGroup(line.group ?? null);
  return {
    request: {
      meter: evidence.meter,
      names: customer ? [customer.key, ...customer.aliases] : [],
      subscription: { named, orNone: true },
      from: Date.parse(from),
      to: Date.parse(to),
      groups: terms ? groupChoice(terms) : undefined,
      watermark,
    },
    isOfLine: (groupKey) => canonicalGroup(groupOf(groupKey)) === group,
  };
}

const canonicalGroup = (group: DocumentLine['group'] | null): string =>
  JSON.stringify(group ? Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1)) : null);
