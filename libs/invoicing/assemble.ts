import { billingDay } from '#libs/catalog/billing-day.ts';
import type { DiscountUse } from '#libs/catalog/discount-schema.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { amountText } from './amount-text.ts';
import type { InvoiceDocument } from './document.ts';
import { type DueUnit, type UnitKey, type UnitToBill, unitKeyOf } from './due-unit.ts';
import { type LineToSettle, type RatedLine, type SettlementTerms, settleLines } from './settle-lines.ts';

/** All of a document but what finalizing gives it: identity, number, the date on which it is due. */
export type DocumentBody = Omit<
  InvoiceDocument,
  'id' | 'series' | 'series_number' | 'number_pattern' | 'number' | 'due_date' | 'url'
>;

/** A document to be finalized, with the units it bills. Plain data: it can be printed, compared or thrown away. */
export interface InvoiceDraft {
  readonly customerId: string;
  readonly body: DocumentBody;
  readonly units: readonly UnitToBill[];
  /** What it takes of the customer's discounts. */
  readonly discountUses: readonly DiscountUse[];
  /** What had been taken of them before any document of this customer that is made with it. */
  readonly usesSeen: readonly DiscountUse[];
  /** On a credit note: what it cuts down. */
  readonly cuts?: readonly UnitCut[];
}

/** A billed unit of which only the time before `keptUntil` stays billed. */
export interface UnitCut extends UnitKey {
  /** The invoice that bills it. */
  readonly invoiceId: string;
  /** Instant, RFC 3339 in UTC. */
  readonly keptUntil: string;
  /** What the credit note gives back of it, not negative. */
  readonly credited: string;
}

/** Who the documents are between, up to where usage was read, and what is taken off and added to it. */
export interface Surroundings {
  readonly customerId: string;
  readonly seller: InvoiceDocument['seller'];
  readonly buyer: InvoiceDocument['buyer'];
  readonly paymentTermsDays: number;
  /** Free lines of invoices. */
  readonly notes: readonly string[];
  readonly watermark: InvoiceDocument['watermark'];
  readonly settlement: SettlementTerms;
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
  const groups = Map.groupBy(rated, ({ unit }) => `${unit.dueOn} ${unit.currency} ${unit.period.timeZone}`);
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
  const { settled, uses } = settleLines(lines, currency, surroundings.settlement);
  return {
    customerId: surroundings.customerId,
    units: ordered.map((each) => toBill(each, currency)),
    discountUses: uses,
    body: {
      schema: 1,
      kind: 'invoice',
      issue_date: surroundings.settlement.issueOn,
      payment_terms_days: surroundings.paymentTermsDays,
      currency,
      seller: surroundings.seller,
      buyer: surroundings.buyer,
      period: {
        from: ordered.map(({ unit }) => unit.period.from).sort()[0] as string,
        to: ordered
          .map(({ unit }) => unit.period.to)
          .sort()
          .at(-1) as string,
        time_zone: period.timeZone,
      },
      watermark: surroundings.watermark,
      ...settled,
      ...unpaid(settled.total, currency),
      ...(surroundings.notes.length > 0 && { notes: surroundings.notes }),
    },
  };
}

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
