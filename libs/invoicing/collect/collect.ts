import type { Subscribed } from '#libs/catalog/subscribed.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction, type Transaction } from '#libs/database/transaction.ts';
import { readWatermark } from '#libs/metering/read/read-watermark.ts';
import { reasonOf } from '../cannot-bill.ts';
import type { CreditedInvoice, FoundCredit } from '../credit/credit-notes.ts';
import type { Surroundings, UnitCut } from '../documents/assemble.ts';
import type { CountedPart } from '../documents/document.ts';
import type { CollectedUnit } from '../draft-customer.ts';
import { type DueCredit, dueCredits } from '../due/due-credits.ts';
import type { DueUnit, MeteredUsage } from '../due/due-unit.ts';
import { type BilledUnit, billedSince, type DueWindow, dueUnits } from '../due/due-units.ts';

import type { LateDocument } from '../late/late-document.ts';
import { parseCharge } from '../rate/parse-charge.ts';

import type { BillableCustomer } from '../store/billable-customer.ts';
import type { ParkedCustomer } from '../store/insert-parked.ts';
import { selectBillableCustomers } from '../store/select-billable-customers.ts';
import { selectBilledUnits } from '../store/select-billed-units.ts';
import { selectCharged } from '../store/select-charged.ts';
import { selectCreditedInvoices } from '../store/select-credited-invoices.ts';
import { type SellerTerms, selectSeller } from '../store/select-seller.ts';
import { lateDays } from './late-days.ts';
import { readAdjusting } from './read-adjusting.ts';
import { type FoundLate, readLate } from './read-late.ts';
import { readMeteredUsage } from './read-metered-usage.ts';
import { readSubscriptions } from './read-subscriptions.ts';
import { readSurroundings } from './read-surroundings.ts';
import { usageRequestOf } from './usage-request-of.ts';

export interface CollectedCustomer {
  readonly surroundings: Surroundings;
  readonly units: readonly CollectedUnit[];
  readonly credits: readonly FoundCredit[];
  /** Earlier invoices with newer usage, to be corrected with these documents. */
  readonly late: readonly LateDocument[];
  /** Invoices that adjust something of what is due, and stay. */
  readonly adjusting: readonly CreditedInvoice[];
  /** Skipped units that are not zero any more. */
  readonly freed: readonly UnitCut[];
}

/** Everything that the documents of one chunk are made from, out of one snapshot. */
export interface Chunk {
  /** Id of the last customer looked at; null when there are no more. */
  readonly last: string | null;
  /** How many were looked at. */
  readonly looked: number;
  readonly terms: SellerTerms;
  /** Those with something due. */
  readonly customers: readonly CollectedCustomer[];
  readonly parked: readonly ParkedCustomer[];
}

export interface ChunkRequest {
  readonly organizationId: number;
  /** Without `endedBy`: the grace period is the organization's or the customer's. */
  readonly window: Omit<DueWindow, 'endedBy'>;
  /** Epoch milliseconds at which the run began: a period must have been over, with its grace, by then. */
  readonly begunAt: number;
  /** Epoch milliseconds; decides dates of issue. */
  readonly now: number;
  /** Only customers that were chosen for this run; all if left out or null. */
  readonly chosenFor?: string | null;
  readonly after: string | null;
  readonly limit: number;
  /** Only these; all if left out. */
  readonly customerIds?: readonly string[];
  /** Instead of the organization's and the customers' own. */
  readonly graceMinutes?: number;
}

/** Reads one chunk. A snapshot, never a lock: neither ingest nor the aggregator waits for billing. */
export function collectChunk(pool: Pool, request: ChunkRequest): Promise<Chunk> {
  return inTransaction(pool, (tx) => collectIn(tx, request), 'REPEATABLE READ READ ONLY');
}

/** As collectChunk, in a transaction that is a snapshot. */
export async function collectIn(tx: Transaction, request: ChunkRequest): Promise<Chunk> {
  const { organizationId, now } = request;
  const { last, looked, terms, due, parked, subscriptions } = await findDue(tx, request);
  const servedAfter = now - (await lateDays(tx, organizationId)) * DAY;
  const dueIds = new Set(due.map(({ customer }) => customer.id));
  const own = subscriptions.filter(({ customerId }) => dueIds.has(customerId));
  const found = await readLate(tx, {
    organizationId,
    servedAfter,
    servedUntil: now,
    customers: due.map(({ customer }) => customer),
    subscriptions: own,
  });
  const stuck = new Set(found.parked.map(({ customerId }) => customerId));
  const billable = due.filter(({ customer }) => !stuck.has(customer.id));
  const customers = await collectUsage(tx, { organizationId, terms, now }, billable);
  const adjusting = await readAdjusting(tx, organizationId, customers);
  return {
    last,
    looked,
    terms,
    customers: customers.map((each) => ({
      ...each,
      late: withInvoice(each, found),
      adjusting: adjusting.get(each) ?? [],
      freed: found.freed.get(each.surroundings.customerId) ?? [],
    })),
    parked: [...parked, ...found.parked],
  };
}

const DAY = 86_400_000;

/** Late usage waits for an invoice in its currency. */
const withInvoice = ({ surroundings, units }: CollectedCustomer, { documents }: FoundLate): LateDocument[] =>
  (documents.get(surroundings.customerId) ?? []).filter(({ billed }) =>
    units.some(({ unit }) => unit.currency === billed.first.invoice.currency),
  );

export interface DueCustomer {
  readonly customer: BillableCustomer;
  readonly units: readonly DueUnit[];
  readonly credits: readonly DueCredit[];
}

/** Who in the chunk has something due, and what. */
export async function findDue(tx: Transaction, request: Omit<ChunkRequest, 'now'>) {
  const { organizationId, window } = request;
  const terms = await selectSeller(tx, organizationId);
  const customers = await selectBillableCustomers(tx, {
    organizationId,
    endsAfter: window.endsAfter,
    endsUntil: window.endsUntil,
    chosenFor: request.chosenFor ?? null,
    after: request.after,
    limit: request.limit,
    customerIds: request.customerIds,
  });
  const customerIds = customers.map((customer) => customer.id);
  const subscriptions = await readSubscriptions(tx, organizationId, { customerIds });
  const billed = await readBilled(tx, organizationId, subscriptions, window);
  const byCustomer = Map.groupBy(subscriptions, (subscription) => subscription.customerId);
  const due: DueCustomer[] = [];
  const parked: ParkedCustomer[] = [];
  for (const customer of customers) {
    const graceMinutes = request.graceMinutes ?? customer.graceMinutes ?? terms.graceMinutes;
    const complete: DueWindow = { ...window, endedBy: request.begunAt - graceMinutes * 60_000 };
    const found = dueOf(byCustomer.get(customer.id) ?? [], billed, complete);
    if ('code' in found) parked.push({ customerId: customer.id, ...found });
    else if (found.units.length + found.credits.length > 0) due.push({ customer, ...found });
  }
  return { last: customers.at(-1)?.id ?? null, looked: customers.length, terms, due, parked, subscriptions };
}

function dueOf(
  subscriptions: readonly Subscribed[],
  billed: ReadonlyMap<string, readonly BilledUnit[]>,
  window: DueWindow,
): Pick<DueCustomer, 'units' | 'credits'> | ReturnType<typeof reasonOf> {
  try {
    const found = subscriptions.map((one) => dueOfSubscription(one, billed.get(one.subscriptionId) ?? [], window));
    return { units: found.flatMap(({ units }) => units), credits: found.flatMap(({ credits }) => credits) };
  } catch (error) {
    return reasonOf(error);
  }
}

/** What subscriptions are billed for already, as far as it bears on what is due in a window. */
export async function readBilled(
  tx: Transaction,
  organizationId: number,
  subscriptions: readonly Subscribed[],
  window: Pick<DueWindow, 'endsAfter'>,
): Promise<ReadonlyMap<string, readonly BilledUnit[]>> {
  const since = new Map<string, number>();
  for (const subscription of subscriptions) {
    try {
      since.set(subscription.subscriptionId, billedSince(subscription, window));
    } catch {
      // Whoever asks what is due of it is told the same: one that cannot be understood keeps nobody else from being billed.
    }
  }
  return Map.groupBy(await selectBilledUnits(tx, organizationId, since), (unit) => unit.subscriptionId);
}

/** What of a subscription is to be credited is free to be billed otherwise in the same breath. */
export function dueOfSubscription(subscription: Subscribed, billed: readonly BilledUnit[], window: DueWindow) {
  const credits = dueCredits(subscription, billed, window);
  return { units: dueUnits(subscription, withoutCredited(billed, credits), window), credits };
}

function withoutCredited(billed: readonly BilledUnit[], credits: readonly DueCredit[]): readonly BilledUnit[] {
  if (credits.length === 0) return billed;
  return billed.flatMap((unit) => {
    const credit = credits.find(
      ({ unit: { chargeKey, kind, serviceFrom } }) =>
        chargeKey === unit.chargeKey && kind === unit.kind && Date.parse(serviceFrom) === unit.from,
    );
    if (!credit) return [unit];
    const to = Date.parse(credit.keptUntil);
    return to > unit.from ? [{ ...unit, to }] : [];
  });
}

/** What documents are made for. */
export interface CollectTerms {
  readonly organizationId: number;
  readonly terms: SellerTerms;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Does not count towards minimums and discounts, since it is issued anew. */
  readonly exceptInvoiceId?: string;
}

/** What all these customers' documents are made from, read together, with the watermark of the same snapshot. */
export async function collectUsage(
  tx: Transaction,
  { organizationId, terms, now, exceptInvoiceId }: CollectTerms,
  due: readonly DueCustomer[],
): Promise<CollectedCustomer[]> {
  const watermark = await readWatermark(tx);
  const usageOf = await readUsageOfUnits(tx, organizationId, due);
  const commitments = due.flatMap(({ units }) => units.filter(({ kind }) => kind === 'commitment'));
  const sums = await selectCharged(tx, organizationId, commitments, exceptInvoiceId ?? null);
  const chargedOf = new Map(commitments.map((unit, index) => [unit, sums[index] as CountedPart[]]));
  const invoiceIds = due.flatMap(({ credits }) => credits.flatMap(({ invoiceId }) => invoiceId ?? []));
  const credited = await selectCreditedInvoices(tx, organizationId, [...new Set(invoiceIds)]);
  const customers = due.map(({ customer }) => customer);
  const surroundingsOf = await readSurroundings(
    tx,
    { organizationId, terms, now, watermark, exceptInvoiceId },
    customers,
  );
  return due.map(
    ({ customer, units, credits }): CollectedCustomer => ({
      surroundings: surroundingsOf(customer),
      units: units.map((unit) => ({
        unit,
        usage: usageOf.get(unit) ?? null,
        ...(unit.kind === 'commitment' && { charged: chargedOf.get(unit) ?? [] }),
      })),
      credits: credits.map((credit) => ({ ...credit, found: creditedBy(credited, credit) })),
      late: [],
      adjusting: [],
      freed: [],
    }),
  );
}

const creditedBy = (
  credited: ReadonlyMap<string, CreditedInvoice>,
  { invoiceId }: DueCredit,
): CreditedInvoice | null => (invoiceId === null ? null : (credited.get(invoiceId) as CreditedInvoice));

async function readUsageOfUnits(
  tx: Transaction,
  organizationId: number,
  due: readonly DueCustomer[],
): Promise<ReadonlyMap<DueUnit, MeteredUsage[]>> {
  const metered = due.flatMap(({ customer, units }) =>
    units.flatMap((unit) =>
      unit.charge.meter === null
        ? []
        : [
            {
              unit,
              charge: parseCharge(unit.charge.terms).data,
              currency: unit.currency,
              request: usageRequestOf(customer, unit),
            },
          ],
    ),
  );
  const usage = await readMeteredUsage(tx, organizationId, metered);
  return new Map(metered.map(({ unit }, index) => [unit, usage[index] as MeteredUsage[]]));
}
