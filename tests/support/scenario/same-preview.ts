import { expect } from '@jest/globals';
import type { InvoiceDocument } from '#libs/invoicing/documents/document.ts';

/** As GET /v1/customers/{key}/invoice-preview answers. */
export interface PreviewedDocument extends Record<keyof typeof FIGURES, unknown> {
  readonly skipped: boolean;
}

/** What a reader sees of both. */
const FIGURES = {
  kind: true,
  issue_date: true,
  currency: true,
  period: true,
  payment_terms_days: true,
  lines: true,
  discounts: true,
  taxes: true,
  subtotal: true,
  discount_total: true,
  total_excluding_tax: true,
  tax_total: true,
  total: true,
  credit_applied: true,
  prepaid_applied: true,
  amount_due: true,
  settlement: true,
} as const;

/** What was previewed is what was issued: every figure and line, and nothing else. */
export function samePreview(previewed: readonly PreviewedDocument[], issued: readonly InvoiceDocument[]): void {
  const seen = previewed.filter(({ skipped }) => !skipped);
  expect(inOrder(seen)).toEqual(inOrder(issued));
}

const inOrder = (documents: readonly (PreviewedDocument | InvoiceDocument)[]) =>
  documents
    .map((document) => {
      const { buyer } = document as InvoiceDocument;
      const figures = Object.keys(FIGURES).map((name) => [name, (document as never)[name] ?? null]);
      return { buyer: 'key' in buyer ? buyer.key : null, ...Object.fromEntries(figures) };
    })
    .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
