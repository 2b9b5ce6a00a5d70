import type { PriceStep } from '#libs/pricing/price-step.ts';
import type { TaxTreatment } from '#libs/pricing/totals/bill.ts';
import type { Group } from '#libs/pricing/usage.ts';
import type { PricedBy } from '../due/due-unit.ts';
import type { Series } from './number.ts';

/**
 * A finalized invoice or credit note as it is stored, hashed (RFC 8785) and printed. Plain JSON: amounts and quantities are
 * decimal strings, dates 'YYYY-MM-DD', instants RFC 3339 in UTC. On a credit note amounts are negative. Source of the numbering and
 * chain rules: docs/architecture.md.
 */
export interface InvoiceDocument {
  readonly schema: 1;
  readonly id: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly series: Series;
  /** 1, 2, 3 … without gaps, anew from 1 with each year of issue if the series is numbered so. */
  readonly series_number: number;
  /** What `number` is written by, e.g. INV-{year}-{number:6}. */
  readonly number_pattern: string;
  /** As printed, e.g. INV-2026-000001. */
  readonly number: string;
  readonly issue_date: string;
  readonly due_date: string;
  readonly payment_terms_days: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly seller: Seller;
  readonly buyer: SaltedBuyer | RedactedBuyer;
  /** Local dates in `time_zone`, half open: `to` is the first day not billed. Left out where nothing has a period. */
  readonly period?: { readonly from: string; readonly to: string; readonly time_zone: string };
  /** On a credit note: the invoice it corrects and why; `late` when it follows newer usage, which may rise again. */
  readonly corrects?: { readonly id: string; readonly number: string; readonly reason: string; readonly late?: true };
  /** On a reissued invoice: the voided one it stands for. */
  readonly replaces?: { readonly id: string; readonly number: string };
  /** Next log offset per partition when usage was read: { epoch, offsets: { "0": "1234" } }. */
  readonly watermark: { readonly epoch: number; readonly offsets: Readonly<Record<string, string>> };
  readonly lines: readonly DocumentLine[];
  /** In the order in which they were taken. */
  readonly discounts: readonly DocumentDiscount[];
  readonly taxes: readonly DocumentTax[];
  readonly tax_treatment: TaxTreatment;
  /** Why no tax is added; with every treatment but standard. */
  readonly tax_treatment_reason?: string;
  /** Sum of the line amounts. */
  readonly subtotal: string;
  readonly discount_total: string;
  readonly total_excluding_tax: string;
  readonly tax_total: string;
  /** Subtotal − discounts + taxes that are not contained in the amounts. */
  readonly total: string;
  /** Paid from the customer's credit, then from its prepaid balance. */
  readonly credit_applied: string;
  readonly prepaid_applied: string;
  /** What is left to be paid when it is issued. 0 on a credit note. */
  readonly amount_due: string;
  /** On a credit note: what becomes of its total; all not negative, together the total's magnitude. */
  readonly settlement?: { readonly offset: string; readonly refund: string; readonly credit: string };
  /** Where the seller's currency is another: the rate of the day and the figures in it. */
  readonly exchange?: DocumentExchange;
  /** Where the document can be looked at, also as a QR code. */
  readonly url?: string;
  /** Free lines below the totals. */
  readonly notes?: readonly string[];
}

export interface Party {
  readonly name: string;
  readonly address_lines: readonly string[];
  readonly tax_id?: string;
  readonly email?: string;
}

export interface Seller extends Party {
  /** Printed at the end, e.g. { label: 'IBAN', value: 'DE02…' }. */
  readonly bank_details?: readonly { readonly label: string; readonly value: string }[];
}

export interface Buyer extends Party {
  readonly key: string;
}

/** As it is stored. The salt (32 random bytes, hex) keeps the digest, which alone enters the hash, from being guessed. */
export interface SaltedBuyer extends Buyer {
  readonly salt: string;
}

/** Of whom the personal data was erased; the document's hash stays what it was. */
export interface RedactedBuyer {
  readonly redacted: true;
  /** Hex; see redactBuyer. */
  readonly digest: string;
}

export interface DocumentLine {
  readonly position: number;
  /** Left out on what belongs to no subscription. */
  readonly subscription_id?: string;
  readonly charge_key?: string;
  /**
   * `minimum`: what was missing to the charge's minimum; `commitment`: to the plan's, of which the charge key is ''; `manual`: entered by
   * hand; `adjustment`: what came late to a line of an earlier document.
   */
  readonly kind: 'usage' | 'fee' | 'minimum' | 'commitment' | 'manual' | 'adjustment';
  readonly description: string;
  /** Values of the properties that the charge splits its usage by. */
  readonly group?: Group;
  /** Instants, half open. */
  readonly service_from?: string;
  readonly service_to?: string;
  readonly quantity: string;
  /** Rounded to the currency's minor unit, before discounts of the document; negative on a credit note. */
  readonly amount: string;
  /** Its share of the document's discounts. */
  readonly discount: string;
  /** Without discount and tax. */
  readonly net: string;
  /** Its share of the document's taxes, by their place from 0 in `taxes`. */
  readonly taxes: readonly { readonly tax: number; readonly amount: string }[];
  /** How the amount came about, one entry per tier or rate that applied. */
  readonly steps: readonly PriceStep[];
  readonly evidence?: LineEvidence;
  /** Of a minimum or a commitment, and of adjustments of these: all that counts towards it; with what is missing it adds up to the minimum. */
  readonly counts?: readonly CountedPart[];
  /** The version of the plan whose prices it has, where it was issued anew by those that were current then. */
  readonly priced_by?: PricedBy;
  /** On an adjustment: what kind of line it is a difference of. */
  readonly adjusts?: Exclude<DocumentLine['kind'], 'adjustment'>;
  /**
   * The line of an earlier document of which this is the difference (adjustment), or which this takes back (on a credit note). Without a
   * position: that document has no such line, since nothing of the kind was used then.
   */
  readonly of?: { readonly id: string; readonly number: string; readonly position?: number };
}

/** What counts towards a minimum, as it stood when the line was made. */
export interface CountedPart {
  /** The document that bills it; left out where that is the line's own, or the one that the line adjusts. */
  readonly document?: { readonly id: string; readonly number: string };
  readonly charge_key: string;
  readonly kind: string;
  readonly service_from: string;
  readonly service_to: string;
  readonly group?: Group;
  /** Left out where all lines of a unit count together. */
  readonly quantity?: string;
  /** Before discounts of the document; with corrections, less what was credited. */
  readonly amount: string;
}

export interface LineEvidence {
  readonly meter: string;
  readonly meter_id: number;
  readonly quantity: string;
  readonly event_count: string;
  /** Sum of event hashes mod 2^256, decimal. */
  readonly digest: string;
  /** Summed over time: the level at service_from, made by earlier events. Left out when it was 0. */
  readonly carried_in?: string;
}

export interface DocumentDiscount {
  /** Of the applied coupon; left out on one given by hand. */
  readonly id?: string;
  readonly name: string;
  /** One of both. */
  readonly percent?: string;
  readonly amount?: string;
  /** Billing period it is counted in: local dates, half open. */
  readonly period?: { readonly from: string; readonly to: string };
  /** Positions of the lines it is for. */
  readonly lines: readonly number[];
  /** What it took off. */
  readonly taken: string;
}

export interface DocumentTax {
  readonly key: string;
  readonly name: string;
  readonly percent: string;
  /** Contained in the amounts rather than added to them. */
  readonly inclusive: boolean;
  /** What it is taken of, without tax. */
  readonly base: string;
  readonly amount: string;
}

export interface DocumentExchange {
  /** The seller's currency. 1 of the document's is `rate` of it. */
  readonly currency: string;
  readonly rate: string;
  /** Day of the rate and who published it. */
  readonly date: string;
  readonly source: string;
  readonly total_excluding_tax: string;
  readonly tax_total: string;
  readonly total: string;
}
