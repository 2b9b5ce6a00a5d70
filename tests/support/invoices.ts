import { createHash, randomUUID } from 'node:crypto';
import type { Pool } from '#libs/database/pool.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';

export interface InvoiceInput {
  readonly organizationId: number;
  readonly customerId: string;
  /** Default: a new one. */
  readonly id?: string;
  readonly kind?: 'invoice' | 'credit_note';
  readonly total?: string;
  readonly currency?: string;
  readonly dueDate?: string;
  /** Of a credit note. */
  readonly corrects?: string;
  /** More of its document. */
  readonly document?: Readonly<Record<string, unknown>>;
}

/** A finalized document without lines, as far as what is around it goes: neither numbered in its series nor chained. Resolves with its id. */
export async function putInvoice(owner: Pick<Pool, 'query'>, input: InvoiceInput): Promise<string> {
  const { organizationId, customerId, kind = 'invoice', total = '100.00', currency = 'EUR' } = input;
  const { id = uuidv7(Date.now()), dueDate = '2030-01-15', corrects = null } = input;
  const number = `T-${randomUUID()}`;
  const hash = createHash('sha256').update(id).digest();
  const document = {
    schema: 1,
    id,
    kind,
    number,
    issue_date: '2025-01-01',
    due_date: dueDate,
    currency,
    seller: { name: 'Seller', address_lines: [] },
    buyer: { key: 'buyer', name: 'Buyer', address_lines: [] },
    period: { from: '2024-12-01', to: '2025-01-01', time_zone: 'UTC' },
    watermark: { epoch: 1, offsets: {} },
    lines: [],
    discounts: [],
    taxes: [],
    tax_treatment: 'standard',
    payment_terms_days: 14,
    subtotal: total,
    discount_total: '0',
    total_excluding_tax: total,
    tax_total: '0',
    total,
    credit_applied: '0',
    prepaid_applied: '0',
    amount_due: kind === 'invoice' ? total : '0',
    ...(corrects !== null && { corrects: { id: corrects, number: 'T', reason: 'Test' } }),
    ...input.document,
  };
  const { amount_due: amountDue = kind === 'invoice' ? total : '0', offset = '0' } = document as {
    amount_due?: string;
    offset?: string;
  };
  await owner.query(
    `INSERT INTO invoices (organization_id, id, kind, customer_id, series, series_number, number, issue_date, due_date,
                           currency, subtotal, tax_total, total, amount_due, offset_amount, document, previous_hash, hash, corrects_id)
     VALUES ($1, $2, $3, $4, $5, 1, $5, '2025-01-01', $6, $7, $8, 0, $8, $12, $13, $9, $10, $10, $11)`,
    [
      organizationId,
      id,
      kind,
      customerId,
      number,
      dueDate,
      currency,
      total,
      JSON.stringify(document),
      hash,
      corrects,
      amountDue,
      offset,
    ],
  );
  return id;
}

/** Voids it by a credit note of the same total. */
export async function voidInvoice(
  owner: Pick<Pool, 'query'>,
  organizationId: number,
  customerId: string,
  id: string,
): Promise<void> {
  const note = await putInvoice(owner, { organizationId, customerId, kind: 'credit_note', corrects: id });
  await owner.query(
    `INSERT INTO invoice_voidings (organization_id, invoice_id, credit_note_id, reason) VALUES ($1, $2, $3, 'Test')`,
    [organizationId, id, note],
  );
}
