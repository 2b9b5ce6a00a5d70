import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import type { DocumentLine, InvoiceDocument } from './document.ts';
import { type DueUnit, type UnitKey, type UnitToBill, unitKeyOf } from './due-unit.ts';
import { amountText, type RatedLine } from './rate.ts';

/** All of a document but what finalizing gives it: identity, number and dates. */
export type DocumentBody = Omit<
  InvoiceDocument,
  'id' | 'series' | 'series_number' | 'number' | 'issue_date' | 'due_date'
>;

/** A document to be finalized, with the units it bills. Plain data: it can be printed, compared or thrown away. */
export interface InvoiceDraft {
  readonly customerId: string;
  readonly body: DocumentBody;
  readonly units: readonly UnitToBill[];
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

/** Who the documents are between, and up to where usage was read. */
export interface Surroundings {
  readonly customerId: string;
  readonly seller: InvoiceDocument['seller'];
  readonly buyer: InvoiceDocument['buyer'];
  readonly watermark: InvoiceDocument['watermark'];
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
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => assembleOne(group, surroundings));
}

function assembleOne(rated: readonly RatedUnit[], surroundings: Surroundings): InvoiceDraft {
  const ordered = [...rated].sort((a, b) => compare(orderOf(a.unit), orderOf(b.unit)));
  const [first] = ordered as [RatedUnit];
  const { currency, period } = first.unit;
  const all = ordered.flatMap((each) => each.lines);
  // A minimum that is reached needs no words, unless nothing else is billed.
  const telling = all.filter(({ kind, steps }) => kind !== 'commitment' || steps.length > 0);
  const lines = (telling.length > 0 ? telling : all).map(
    (line, index): DocumentLine => ({ position: index + 1, ...line }),
  );
  return {
    customerId: surroundings.customerId,
    units: ordered.map((each) => toBill(each, currency)),
    body: {
      schema: 1,
      kind: 'invoice',
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
      lines,
      ...totals(lines, currency),
    },
  };
}

const toBill = ({ unit, lines }: RatedUnit, currency: string): UnitToBill => ({
  ...unitKeyOf(unit),
  amount: totals(lines, currency).total,
  changeId: unit.changeId,
});

/** Sums of a document without taxes. */
export function totals(lines: readonly Pick<DocumentLine, 'amount'>[], currency: string) {
  const total = amountText(sum(lines.map(({ amount }) => amount)), currency);
  return { subtotal: total, tax_total: amountText(new Big('0'), currency), total };
}

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
