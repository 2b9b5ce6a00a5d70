import { type DiscountableLine, dueDiscounts, usesOf } from '#libs/catalog/discount.ts';
import type { CustomerDiscount, DiscountUse } from '#libs/catalog/discount-schema.ts';
import type { TaxRateEntry } from '#libs/catalog/tax-rate-schema.ts';
import { MissingTaxRate, ratesOn, type Taxpayer } from '#libs/catalog/tax-terms.ts';
import { Big } from '#libs/money/decimal.ts';
import type { Bill, Settleable, TaxRate } from '#libs/pricing/totals/bill.ts';
import { settle } from '#libs/pricing/totals/settle.ts';
import { amountText } from '../amount-text.ts';
import { CannotBill } from '../cannot-bill.ts';
import type { DocumentDiscount, DocumentLine, DocumentTax, InvoiceDocument } from '../documents/document.ts';

/** A line that has no place on a document yet: neither discounts nor taxes are known. */
export type RatedLine = Omit<DocumentLine, 'position' | 'discount' | 'net' | 'taxes'>;

/** A line with what decides about its discounts and taxes. */
export interface LineToSettle {
  readonly line: RatedLine;
  /** Whose coupons count it in; null: it belongs to no period of a subscription. */
  readonly counted: Omit<DiscountableLine, 'amount'> | null;
  /** The day whose tax rates hold, or the taxes of the earlier document whose line this corrects. */
  readonly taxed: { readonly on: string } | { readonly by: readonly DocumentTax[] };
}

/** What a customer's discounts and taxes are made of, out of one snapshot. */
export interface SettlementTerms {
  /** Date of issue. */
  readonly issueOn: string;
  readonly taxpayer: Taxpayer & { readonly taxTreatmentReason: string | null };
  /** Keys of the organization's rates, for customers without their own. */
  readonly organizationRates: readonly string[];
  readonly rateEntries: readonly TaxRateEntry[];
  readonly discounts: readonly CustomerDiscount[];
  readonly uses: readonly DiscountUse[];
}

/** A discount given by hand, on all lines, behind those of coupons. */
export type ManualDiscount = Pick<DocumentDiscount, 'name' | 'percent' | 'amount'>;

/** The part of a document that settling decides. */
export type Settled = Pick<
  InvoiceDocument,
  | 'lines'
  | 'discounts'
  | 'taxes'
  | 'tax_treatment'
  | 'tax_treatment_reason'
  | 'subtotal'
  | 'discount_total'
  | 'total_excluding_tax'
  | 'tax_total'
  | 'total'
>;

interface DocumentRate extends TaxRate {
  readonly key: string;
  readonly places: number[];
}

/**
 * Discounts, then taxes: each line with its share, and the document's sums. `uses`: what is to be noted of coupons.
 * @throws CannotBill when a tax rate is missing, or some taxes are contained in amounts and others added
 */
export function settleLines(
  lines: readonly LineToSettle[],
  currency: string,
  terms: SettlementTerms,
  manual: readonly ManualDiscount[] = [],
): { readonly settled: Settled; readonly uses: readonly DiscountUse[] } {
  const amounts = lines.map(({ line }) => new Big(line.amount));
  const counted = lines.map(({ counted: each }, place) => each && { ...each, amount: amounts[place] as Big });
  const due = dueDiscounts(counted, currency, terms.discounts, terms.uses);
  const rates = documentRates(lines, terms);
  const bill = settle(
    amounts.map((amount, place) => ({ charge: String(place), amount })),
    {
      currency,
      discounts: [...due.map(({ discount, places }) => ({ ...discount, charges: places.map(String) })), ...manual],
      taxRates: rates.map(({ name, percent, inclusive, places }) => ({
        name,
        percent,
        inclusive,
        charges: places.map(String),
      })),
      taxTreatment: terms.taxpayer.taxTreatment,
      prepaidBalance: new Big('0'),
    },
  );
  const money = (amount: Big): string => amountText(amount, currency);
  const { taxTreatment, taxTreatmentReason: reason } = terms.taxpayer;
  const discounts = [
    ...due.map(({ id, period, places, discount }) => ({ id, ...discount, period, places })),
    ...manual.map((discount) => ({ ...discount, places: lines.map((_, place) => place) })),
  ].map(
    ({ places, ...discount }, index): DocumentDiscount => ({
      ...(discount as ManualDiscount),
      lines: places.map((place) => place + 1),
      taken: money((bill.discounts[index] as Bill['discounts'][number]).amount),
    }),
  );
  const { totals } = bill;
  return {
    uses: usesOf(due, bill.discounts.slice(0, due.length)),
    settled: {
      lines: lines.map(({ line }, place) => settledLine(line, place, bill, rates, money)),
      discounts,
      taxes: bill.taxes.map(({ name, percent, inclusive, base, amount }, index) => ({
        key: (rates[index] as DocumentRate).key,
        name,
        percent,
        inclusive,
        base: money(base),
        amount: money(amount),
      })),
      tax_treatment: taxTreatment,
      ...(reason !== null && { tax_treatment_reason: reason }),
      subtotal: money(totals.subtotal),
      discount_total: money(totals.discountTotal),
      total_excluding_tax: money(totals.totalExcludingTax),
      tax_total: money(totals.taxTotal),
      total: money(totals.total),
    },
  };
}

function settledLine(
  line: RatedLine,
  place: number,
  bill: Bill<Settleable>,
  rates: readonly DocumentRate[],
  money: (amount: Big) => string,
): DocumentLine {
  const { discount, net, taxes } = bill.lines[place] as Bill<Settleable>['lines'][number];
  // A line's taxes come in the order of the rates that it has.
  const own = bill.taxes.length === 0 ? [] : rates.flatMap(({ places }, tax) => (places.includes(place) ? [tax] : []));
  return {
    position: place + 1,
    ...line,
    discount: money(discount),
    net: money(net),
    taxes: own.map((tax, index) => ({ tax, amount: money((taxes[index] as (typeof taxes)[number]).amount) })),
  };
}

/** Every rate that a line has on its day, once, with the places of its lines. One that changed between two lines' days is two rates. */
function documentRates(lines: readonly LineToSettle[], terms: SettlementTerms): DocumentRate[] {
  const rates = new Map<string, DocumentRate>();
  const add = (rate: Pick<DocumentRate, 'key' | 'name' | 'percent' | 'inclusive'>, place: number) => {
    const { key, name, percent, inclusive } = rate;
    const text = JSON.stringify([key, name, percent, inclusive]);
    const known = rates.get(text) ?? { key, name, percent, inclusive, places: [] };
    known.places.push(place);
    rates.set(text, known);
  };
  if (terms.taxpayer.taxTreatment !== 'standard') return [];
  for (const [place, { line, taxed }] of lines.entries()) {
    const own = 'by' in taxed ? taxed.by : ratesOf(taxed.on, line.charge_key ?? '', terms);
    for (const rate of own) add(rate, place);
  }
  const found = [...rates.values()];
  if (new Set(found.map(({ inclusive }) => inclusive)).size > 1)
    throw new CannotBill(
      'mixed_taxes',
      `Tax rates ${found.map(({ key, inclusive }) => `"${key}" (${inclusive ? 'contained' : 'added'})`).join(', ')} would stand on one document: they must either all be contained in the amounts or all be added.`,
    );
  return found;
}

function ratesOf(on: string, chargeKey: string, { taxpayer, organizationRates, rateEntries }: SettlementTerms) {
  try {
    return ratesOn(taxpayer, organizationRates, rateEntries, on).filter(
      ({ charges }) => charges === null || charges.includes(chargeKey),
    );
  } catch (error) {
    if (!(error instanceof MissingTaxRate)) throw error;
    throw new CannotBill('missing_tax_rate', `The document cannot be taxed: ${error.message}.`, { cause: error });
  }
}
