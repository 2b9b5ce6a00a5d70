import { z } from 'zod';
import { lineSchema } from '#libs/catalog/fields.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { insertMark } from '#libs/payments/store/insert-mark.ts';
import { selectMarks, type UncollectibleMark } from '#libs/payments/store/select-marks.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { idSchema, timeSchema, uuidParams } from '../fields.ts';
import { lockPayable, refuseVoided } from '../lock-payable.ts';
import { type InvoicePayment, invoicePaymentSchema, readInvoicePayments, sellersToday } from '../payment-states.ts';

const PATH = '/v1/invoices/{id}/mark-uncollectible';

const markedAnswer = z.object({
  invoice: z.object({ id: idSchema, number: z.string() }),
  payment: invoicePaymentSchema,
  marks: z
    .array(z.object({ uncollectible: z.boolean(), reason: z.string().nullable(), marked_at: timeSchema }))
    .describe('All there ever were, oldest first; the last one holds'),
});

type Answer = z.infer<typeof markedAnswer>;

export function uncollectibleRoutes({ pool, now }: ApiDependencies): Route[] {
  const inSellersDay = <T>(
    { organizationId, clockOffset }: { readonly organizationId: number; readonly clockOffset: number },
    work: (tx: Transaction, today: string) => Promise<T>,
  ) =>
    inOrganization(pool, organizationId, async (tx) =>
      work(tx, await sellersToday(tx, organizationId, now() + clockOffset)),
    );
  return [
    defineRoute({
      method: 'POST',
      path: PATH,
      scope: 'write',
      summary: 'Give up an invoice that is not paid; it can be paid all the same',
      params: uuidParams,
      body: z.strictObject({ reason: lineSchema() }),
      response: markedAnswer,
      async handler({ organizationId, clockOffset, params: { id }, body: { reason } }) {
        return {
          body: await inSellersDay({ organizationId, clockOffset }, (tx, today) =>
            mark(tx, organizationId, id, reason, today),
          ),
        };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: PATH,
      scope: 'write',
      summary: 'Expect the money of an invoice again that was given up',
      params: uuidParams,
      response: markedAnswer,
      async handler({ organizationId, clockOffset, params: { id } }) {
        return {
          body: await inSellersDay({ organizationId, clockOffset }, (tx, today) =>
            unmark(tx, organizationId, id, today),
          ),
        };
      },
    }),
  ];
}

async function mark(
  tx: Transaction,
  organizationId: number,
  id: string,
  reason: string,
  today: string,
): Promise<Answer> {
  const invoice = await lockOrRefuse(tx, organizationId, id);
  refuseVoided(invoice);
  const last = (await selectMarks(tx, organizationId, invoice.id)).at(-1);
  // Asked twice.
  if (last?.uncollectible && last.reason === reason) return read(tx, organizationId, invoice, today);
  const { payment } = await read(tx, organizationId, invoice, today);
  if (last?.uncollectible)
    throw new ApiError(
      'invoice_state',
      `Invoice ${invoice.number} is uncollectible since ${last.markedAt.toISOString()} (${last.reason}); take that back by DELETE first to give another reason.`,
    );
  if (payment.status === 'paid')
    throw new ApiError('invoice_state', `Invoice ${invoice.number} is paid: there is nothing to give up.`);
  return change(tx, organizationId, invoice, { number: (last?.number ?? 0) + 1, uncollectible: true, reason }, today);
}

async function unmark(tx: Transaction, organizationId: number, id: string, today: string): Promise<Answer> {
  const invoice = await lockOrRefuse(tx, organizationId, id);
  const last = (await selectMarks(tx, organizationId, invoice.id)).at(-1);
  if (!last?.uncollectible) return read(tx, organizationId, invoice, today);
  return change(tx, organizationId, invoice, { number: last.number + 1, uncollectible: false, reason: null }, today);
}

async function lockOrRefuse(tx: Transaction, organizationId: number, id: string): Promise<StoredInvoice> {
  const invoice = await lockPayable(tx, organizationId, id);
  if (invoice === null) throw new ApiError('not_found', `There is no invoice ${id}.`);
  return invoice;
}

async function change(
  tx: Transaction,
  organizationId: number,
  invoice: StoredInvoice,
  made: Omit<UncollectibleMark, 'markedAt'>,
  today: string,
): Promise<Answer> {
  await insertMark(tx, organizationId, invoice.id, made);
  const answer = await read(tx, organizationId, invoice, today);
  const type = made.uncollectible ? 'invoice.marked_uncollectible' : 'invoice.unmarked_uncollectible';
  await insertOutbox(tx, { organizationId, type, subject: invoice.id, data: answer });
  return answer;
}

async function read(tx: Transaction, organizationId: number, invoice: StoredInvoice, today: string): Promise<Answer> {
  const payments = await readInvoicePayments(tx, organizationId, [invoice], today);
  const marks = await selectMarks(tx, organizationId, invoice.id);
  return {
    invoice: { id: invoice.id, number: invoice.number },
    payment: payments.get(invoice.id) as InvoicePayment,
    marks: marks.map(({ uncollectible, reason, markedAt }) => ({
      uncollectible,
      reason,
      marked_at: markedAt.toISOString(),
    })),
  };
}
