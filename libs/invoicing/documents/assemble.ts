import { billingDay } from '#libs/catalog/billing-day.ts';
import type { DiscountUse } from '#libs/catalog/discount-schema.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { amountText } from '../amount-text.ts';
import { CannotBill } from '../cannot-bill.ts';
import { type DueUnit, type UnitKey, type UnitToBill, unitKeyOf } from '../due/due-unit.ts';
import { usageSeenOnLines } from '../late/usage-seen.ts';
import {
  type LineToSettle,
  type ManualDiscount,
  type RatedLine,
  type SettlementTerms,
  settleLines,
} from '../settle/settle-lines.ts';
import type { Buyer, InvoiceDocument } from './document.ts';
import { exchangeOf, type HomeCurrency } from './exchange.ts';
import { type ManualLine, manualLine } from './manual-line.ts';

/** All of a document but what finalizing gives it: identity, number, the date on which it is due, the buyer's salt. */
export interface DocumentBody
  extends Omit<
    InvoiceDocument,
    'id' | 'series' | 'series_number' | 'number_pattern' | 'number' | 'due_date' | 'url' | 'buyer'
  > {
  readonly buyer: Buyer | InvoiceDocument['buyer'];
}

/** Which of a customer's documents one is: what falls due together. */
export interface DraftKey {
  /** Local date. */
  readonly dueOn: string;
  readonly currency: string;
  readonly timeZone: string;
}

/** What was entered by hand for a document that is still a draft. */
export interface StoredDraft {
  readonly id: string;
  readonly version: number;
  readonly paymentTermsDays: number | null;
  readonly lines: readonly ManualLine[];
  readonly discounts: readonly (ManualDiscount & { readonly id: string })[];
}

/** A document to be finalized, with the units it bills. Plain data: it can be printed, compared or thrown away. */
export interface InvoiceDraft {
  readonly customerId: string;
  readonly body: DocumentBody;
  /** Left out on credit notes and on invoices of manual lines alone. */
  readonly key?: DraftKey;
  /** The stored draft that it becomes of. */
  readonly stored?: Pick<StoredDraft, 'id' | 'version'>;
  /** All lines are zero before discounts: a run takes its units and makes no document. */
  readonly isSkipped?: boolean;
  readonly units: readonly UnitToBill[];
  /** What it takes of the customer's discounts. */
  readonly discountUses: readonly DiscountUse[];
  /** What had been taken of them before any document of this customer that is made with it. */
  readonly usesSeen: readonly DiscountUse[];
  /** On a credit note: what it cuts down. */
  readonly cuts?: readonly UnitCut[];
  /** On a credit note: how many stood on its invoice when it was made. */
  readonly notesSeen?: number;
}

/** A billed unit of which only the time before `keptUntil` stays billed. */
export interface UnitCut extends UnitKey {
  /** The invoice that bills it; null where it was skipped. */
  readonly invoiceId: string | null;
  /** Instant, RFC 3339 in UTC. */
  readonly keptUntil: string;
  /** What the credit note gives back of it, not negative. */
  readonly credited: string;
}

/** Who the documents are between, up to where usage was read, and what is taken off and added to it. */
export interface Surroundings {
  readonly customerId: string;
  readonly seller: InvoiceDocument['seller'];
  readonly buyer: Buyer;
  readonly paymentTermsDays: number;
  /** Free lines of invoices. */
  readonly notes: readonly string[];
  readonly watermark: InvoiceDocument['watermark'];
  readonly settlement: SettlementTerms;
  /** Null: the seller names none. */
  readonly home: HomeCurrency | null;
  /** By draftKeyText. */
  readonly storedDrafts: ReadonlyMap<string, StoredDraft>;
  /** Date of issue of credit notes; that of invoices is the settlement's. */
  readonly creditsIssuedOn: string;
}

export interface RatedUnit {
  readonly unit: DueUnit;
  /** One at least. */
  readonly lines: readonly RatedLine[];
}

/**
 * The documents of one customer: one per currency, day on which it is due and time zone, with all subscriptions together. So a period that
 * ended meets the fees in advance of the next, and one that is caught up later gets the document that it would have had in time.
 */
export function assemble(rated: readonly RatedUnit[], surroundings: Surroundings): InvoiceDraft[] {
  const groups = Map.groupBy(rated, ({ unit }) => draftKeyText(keyOf(unit)));
  const { settlement } = surroundings;
  const taken: DiscountUse[] = [];
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => {
      // What the one before takes of a discount is taken for the next.
      const after = { ...settlement, uses: [...settlement.uses, ...taken] };
      const draft = assembleOne(group, { ...surroundings, settlement: after });
      taken.push(...draft.discountUses);
      return { ...draft, usesSeen: settlement.uses };
    });
}

function assembleOne(rated: readonly RatedUnit[], surroundings: Surroundings): Omit<InvoiceDraft, 'usesSeen'> {
  const ordered = [...rated].sort((a, b) => compare(orderOf(a.unit), orderOf(b.unit)));
  const [first] = ordered as [RatedUnit];
  const { currency, period } = first.unit;
  const all = ordered.flatMap(({ unit, lines }) => lines.map((line) => toSettle(unit, line, surroundings)));
  // A minimum that is reached needs no words, unless nothing else is billed.
  const telling = all.filter(({ line: { kind, steps } }) => kind !== 'commitment' || steps.length > 0);
  const lines = telling.length > 0 ? telling : all;
  const key = keyOf(first.unit);
  const stored = surroundings.storedDrafts.get(draftKeyText(key));
  const from = ordered.map(({ unit }) => unit.period.from).sort()[0] as string;
  const to = ordered
    .map(({ unit }) => unit.period.to)
    .sort()
    .at(-1) as string;
  const made = invoiceBody(lines, currency, surroundings, stored);
  return {
    customerId: surroundings.customerId,
    key,
    ...(stored && { stored: { id: stored.id, version: stored.version } }),
    isSkipped: made.body.lines.every(({ amount }) => new Big(amount).eq('0')),
    units: ordered.map((each) => toBill(each, currency)),
    discountUses: made.discountUses,
    body: { ...made.body, period: { from, to, time_zone: period.timeZone } },
  };
}

/** An invoice of lines and of what was entered by hand. @throws CannotBill when that takes off more than is billed */
export function invoiceBody(
  lines: readonly LineToSettle[],
  currency: string,
  surroundings: Surroundings,
  stored: StoredDraft | undefined,
): { readonly body: DocumentBody; readonly discountUses: readonly DiscountUse[] } {
  const { settlement, notes, seller, buyer, watermark, home } = surroundings;
  const discounts = (stored?.discounts ?? []).map(({ id: _id, ...discount }) => discount);
  const manual = (stored?.lines ?? []).map(
    (line): LineToSettle => ({
      line: manualLine(line, currency),
      counted: null,
      taxed: { on: settlement.issueOn },
    }),
  );
  const { settled, uses } = settleLines([...lines, ...manual], currency, settlement, discounts);
  if (new Big(settled.total).lt('0'))
    throw new CannotBill(
      'negative_total',
      `Lines entered by hand take the invoice down to ${settled.total} ${currency}: an invoice is never below zero. Take them off the draft, and give what is too much as a balance adjustment or a credit note.`,
    );
  return {
    discountUses: uses,
    body: {
      schema: 1,
      kind: 'invoice',
      issue_date: settlement.issueOn,
      payment_terms_days: stored?.paymentTermsDays ?? surroundings.paymentTermsDays,
      currency,
      seller,
      buyer,
      watermark,
      ...settled,
      ...unpaid(settled.total, currency),
      ...(home &&
        home.currency !== currency && { exchange: exchangeOf({ currency, ...settled }, settlement.issueOn, home) }),
      ...(notes.length > 0 && { notes }),
    },
  };
}

const keyOf = ({ dueOn, currency, period }: DueUnit): DraftKey => ({ dueOn, currency, timeZone: period.timeZone });

/** One text for each document of a customer; sorts by date. */
export const draftKeyText = ({ dueOn, currency, timeZone }: DraftKey): string => `${dueOn} ${currency} ${timeZone}`;

function toSettle(unit: DueUnit, line: RatedLine, { settlement }: Surroundings): LineToSettle {
  const { subscriptionId, chargeKey, billing, period } = unit;
  const on = billingDay(billing, period.to, settlement.issueOn);
  const counted = { subscriptionId, chargeKey, on, period: { from: period.periodFrom, to: period.periodTo } };
  return { line, counted, taxed: { on } };
}

/** Before balances pay for it. */
export const unpaid = (total: string, currency: string) => {
  const nothing = amountText(new Big('0'), currency);
  return { credit_applied: nothing, prepaid_applied: nothing, amount_due: total };
};

const toBill = ({ unit, lines }: RatedUnit, currency: string): UnitToBill => ({
  ...unitKeyOf(unit),
  amount: amountText(sum(lines.map(({ amount }) => amount)), currency),
  changeId: unit.changeId,
  seen: usageSeenOnLines(lines),
});

function orderOf(unit: DueUnit): readonly (string | number)[] {
  return [unit.subscriptionId, unit.period.serviceFrom, unit.charge.position, unit.chargeKey];
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] as string | number;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
