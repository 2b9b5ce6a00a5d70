import type { Transaction } from '#libs/database/transaction.ts';

export interface RowOfPdf {
  readonly rendererVersion: number;
  readonly sha256: string;
  /** Of the bytes, as they are. */
  readonly actual: string;
}

/** What stands beside a document, as it is stored. */
export interface RowsOfDocument {
  readonly id: string;
  /** Columns of its row that repeat what it says; numbers as text. */
  readonly columns: Readonly<Record<string, string | null>>;
  readonly lines: readonly Readonly<Record<string, string | null>>[];
  /** From the oldest renderer to the newest. */
  readonly pdfs: readonly RowOfPdf[];
  /** Of an invoice that was voided: the credit note that did it, and whose reason must be the same. */
  readonly voiding: {
    readonly reason: string;
    readonly noteCorrects: string | null;
    readonly noteReason: string | null;
  } | null;
}

/** By id, for documents of one organization. Whatever has a unit of time is text in UTC. */
export async function selectRowsOfDocuments(
  tx: Transaction,
  organizationId: number,
  ids: readonly string[],
): Promise<Map<string, RowsOfDocument>> {
  const { rows } = await tx.query<RowsOfDocument>(
    `SELECT i.id,
            jsonb_build_object('id', i.id, 'kind', i.kind, 'series', i.series, 'series_number', i.series_number::text, 'number', i.number,
              'issue_date', i.issue_date::text, 'due_date', i.due_date::text, 'currency', i.currency, 'subtotal', i.subtotal::text,
              'tax_total', i.tax_total::text, 'total', i.total::text, 'amount_due', i.amount_due::text, 'offset', i.offset_amount::text,
              'corrects', i.corrects_id, 'replaces', i.replaces_id) AS columns,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('position', l.position::text, 'subscription_id', l.subscription_id,
                      'charge_key', l.charge_key, 'kind', l.kind, 'description', l.description,
                      'service_from', extract(epoch FROM l.service_from)::text, 'service_to', extract(epoch FROM l.service_to)::text,
                      'quantity', l.quantity::text, 'amount', l.amount::text, 'discount', l.discount::text, 'net', l.net::text,
                      'meter_id', l.meter_id::text, 'usage_quantity', l.usage_quantity::text, 'event_count', l.event_count::text, 'digest', l.digest::text)
                      ORDER BY l.position), '[]')
               FROM invoice_lines l WHERE l.organization_id = i.organization_id AND l.invoice_id = i.id) AS lines,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('rendererVersion', p.renderer_version, 'sha256', encode(p.sha256, 'hex'),
                      'actual', encode(sha256(p.bytes), 'hex')) ORDER BY p.renderer_version), '[]')
               FROM invoice_pdfs p WHERE p.organization_id = i.organization_id AND p.invoice_id = i.id) AS pdfs,
            (SELECT jsonb_build_object('reason', v.reason, 'noteCorrects', n.document #>> '{corrects,id}', 'noteReason', n.document #>> '{corrects,reason}')
               FROM invoice_voidings v
               LEFT JOIN invoices n ON n.organization_id = v.organization_id AND n.id = v.credit_note_id
              WHERE v.organization_id = i.organization_id AND v.invoice_id = i.id) AS voiding
       FROM invoices i WHERE i.organization_id = $1 AND i.id = ANY($2::uuid[])`,
    [organizationId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
