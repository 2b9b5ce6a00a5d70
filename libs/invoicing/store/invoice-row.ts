import type { InvoiceDocument } from '../documents/document.ts';

/** Another document, as a link. */
export interface DocumentLink {
  readonly id: string;
  readonly number: string;
}

/** A stored document with what became of it later. */
export interface StoredInvoice {
  readonly id: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly number: string;
  readonly state: 'finalized' | 'voided';
  readonly customerId: string;
  readonly billingRunId: string | null;
  readonly finalizedAt: Date;
  readonly document: InvoiceDocument;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  /** Set when voided: the credit note that did it and why. */
  readonly voided: { readonly at: Date; readonly reason: string; readonly creditNote: DocumentLink } | null;
  /** The invoice that stands for this one now. */
  readonly replacedBy: DocumentLink | null;
}

export interface InvoiceRow {
  readonly id: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly number: string;
  readonly customer_id: string;
  readonly billing_run_id: string | null;
  readonly finalized_at: Date;
  readonly document: InvoiceDocument;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
  readonly voided_at: Date | null;
  readonly reason: string | null;
  readonly credit_note_id: string | null;
  readonly credit_note_number: string | null;
  readonly replaced_by_id: string | null;
  readonly replaced_by_number: string | null;
}

/** Beginning of every statement that answers with documents. */
export const INVOICE_FROM = `SELECT i.id, i.kind, i.number, i.customer_id, i.billing_run_id, i.finalized_at, i.document, i.previous_hash, i.hash,
        v.voided_at, v.reason, v.credit_note_id, n.number AS credit_note_number,
        r.id AS replaced_by_id, r.number AS replaced_by_number
   FROM invoices i
   LEFT JOIN invoice_voidings v ON v.organization_id = i.organization_id AND v.invoice_id = i.id
   LEFT JOIN invoices n ON n.organization_id = v.organization_id AND n.id = v.credit_note_id
   LEFT JOIN invoices r ON v.invoice_id IS NOT NULL AND r.organization_id = i.organization_id
                       AND r.customer_id = i.customer_id AND r.replaces_id = i.id`;

export function toStoredInvoice(row: InvoiceRow): StoredInvoice {
  return {
    id: row.id,
    kind: row.kind,
    number: row.number,
    state: row.voided_at === null ? 'finalized' : 'voided',
    customerId: row.customer_id,
    billingRunId: row.billing_run_id,
    finalizedAt: row.finalized_at,
    document: row.document,
    previousHash: row.previous_hash,
    hash: row.hash,
    voided:
      row.voided_at === null
        ? null
        : {
            at: row.voided_at,
            reason: row.reason as string,
            creditNote: { id: row.credit_note_id as string, number: row.credit_note_number as string },
          },
    replacedBy:
      row.replaced_by_id === null ? null : { id: row.replaced_by_id, number: row.replaced_by_number as string },
  };
}
