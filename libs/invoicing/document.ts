import type { PriceStep } from '#libs/pricing/price-step.ts';
import type { Group } from '#libs/pricing/usage.ts';

/**
 * A finalized invoice or credit note as it is stored, hashed (RFC 8785) and printed. Plain JSON: amounts and quantities are
 * decimal strings, dates 'YYYY-MM-DD', instants RFC 3339 in UTC. Source of the numbering and chain rules: docs/architecture.md.
 */
export interface InvoiceDocument {
  readonly schema: 1;
  readonly id: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly series: string;
  /** 1, 2, 3 … within series and year, without gaps. */
  readonly series_number: number;
  /** As printed, e.g. INV-2026-000001. */
  readonly number: string;
  readonly issue_date: string;
  readonly due_date: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly seller: Party;
  readonly buyer: Party & { readonly key: string };
  /** Local dates in `time_zone`, half open: `to` is the first day not billed. */
  readonly period: { readonly from: string; readonly to: string; readonly time_zone: string };
  /** On a credit note: the invoice it corrects and why. */
  readonly corrects?: { readonly id: string; readonly number: string; readonly reason: string };
  /** On a reissued invoice: the voided one it stands for. */
  readonly replaces?: { readonly id: string; readonly number: string };
  /** Next log offset per partition when usage was read: { epoch, offsets: { "0": "1234" } }. */
  readonly watermark: { readonly epoch: number; readonly offsets: Readonly<Record<string, string>> };
  readonly lines: readonly DocumentLine[];
  /** Sum of the line amounts. */
  readonly subtotal: string;
  readonly tax_total: string;
  readonly total: string;
}

export interface Party {
  readonly name: string;
  readonly address_lines: readonly string[];
  readonly tax_id?: string;
  readonly email?: string;
}

export interface DocumentLine {
  readonly position: number;
  readonly subscription_id: string;
  readonly charge_key: string;
  /** `minimum`: what was missing to the charge's minimum; `commitment`: to the plan's, of which the charge key is ''. */
  readonly kind: 'usage' | 'fee' | 'minimum' | 'commitment';
  readonly description: string;
  /** Values of the properties that the charge splits its usage by. */
  readonly group?: Group;
  /** Instants, half open. */
  readonly service_from: string;
  readonly service_to: string;
  readonly quantity: string;
  /** Rounded to the currency's minor unit; negative on a credit note. */
  readonly amount: string;
  /** How the amount came about, one entry per tier or rate that applied. */
  readonly steps: readonly PriceStep[];
  readonly evidence?: {
    readonly meter: string;
    readonly meter_id: number;
    readonly quantity: string;
    readonly event_count: string;
    /** Sum of event hashes mod 2^256, decimal. */
    readonly digest: string;
    /** Summed over time: the level at service_from, made by earlier events. Left out when it was 0. */
    readonly carried_in?: string;
  };
}
