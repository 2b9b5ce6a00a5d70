import { z } from 'zod';
import { lineSchema } from '#libs/catalog/fields.ts';
import { readableFields } from '#libs/catalog/readable-fields.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError, type FieldError, invalidFields } from '#libs/http/errors.ts';
import { defineRoute, type MoreFaults, type Route } from '#libs/http/route.ts';
import { type CreatedCreditNote, createCreditNote } from '#libs/invoicing/correct/create-credit-note.ts';
import type { CreditWish } from '#libs/invoicing/credit/credit-request.ts';
import { digitFaults } from '#libs/invoicing/credit/digit-faults.ts';
import { selectInvoice } from '#libs/invoicing/store/select-invoice.ts';
import { amountSchema, positiveSchema } from '#libs/pricing/decimal-schema.ts';
import { type ApiDependencies, inTimeOf, newId } from '../dependencies.ts';
import { idSchema } from '../fields.ts';
import { orNotBillable } from '../or-not-billable.ts';
import { documentSchema, presentDocument } from '../present-document.ts';
import { presentPreviewed, previewedSchema } from '../present-previewed.ts';

const MAX_LINES = 1_000;

const splitSchema = z
  .strictObject({ offset: amountSchema.optional(), refund: amountSchema.optional(), credit: amountSchema.optional() })
  .describe('Where it goes. Left out: off what is unpaid, the rest as credit of the customer');

const noteSchema = z
  .strictObject({
    invoice: idSchema,
    reason: lineSchema().describe('Printed on the credit note'),
    full: z.literal(true).optional().describe('All that is left of the invoice'),
    lines: z
      .array(
        z.strictObject({
          line: z.int().min(1).describe('Position on the invoice'),
          amount: positiveSchema.optional().describe('With taxes; all that is left of the line if left out'),
        }),
      )
      .min(1)
      .max(MAX_LINES)
      .optional(),
    amount: positiveSchema.optional().describe('With taxes, shared over the lines by what is left of them'),
    settlement: splitSchema.default({}),
  })
  .refine(
    ({ full, lines, amount }) => [full, lines, amount].filter((one) => one !== undefined).length === 1,
    'must have one of full, lines and amount',
  );

type NoteInput = z.infer<typeof noteSchema>;

const wishOf = ({ lines, amount }: NoteInput): CreditWish => {
  if (amount !== undefined) return { kind: 'amount', amount };
  if (lines === undefined) return { kind: 'full' };
  return { kind: 'lines', lines: lines.map((line) => ({ position: line.line, amount: line.amount ?? null })) };
};

const unknownInvoice = (id: string): FieldError => ({
  pointer: '/invoice',
  code: 'unknown_invoice',
  detail: `There is no invoice ${id}.`,
});

/** What else is wrong with a wish that its schema refused. */
async function faultsOfRefused(tx: Transaction, organizationId: number, body: unknown): Promise<FieldError[]> {
  const { invoice: id } = readableFields(noteSchema, body);
  if (id === undefined) return [];
  const invoice = await selectInvoice(tx, organizationId, id);
  return invoice?.kind === 'invoice' ? digitFaults(body, invoice.document.currency) : [unknownInvoice(id)];
}

function refusal(result: Exclude<CreatedCreditNote, { status: 'issued' | 'preview' }>, id: string): ApiError {
  switch (result.status) {
    case 'not_found':
    case 'not_an_invoice':
      return invalidFields([unknownInvoice(id)]);
    case 'voided':
      return new ApiError(
        'invoice_not_live',
        `Invoice ${result.document.number} was voided by credit note ${result.document.voided?.creditNote.number}: nothing is left of it.`,
      );
    case 'refused':
      return invalidFields(result.faults);
  }
}

interface Asked {
  readonly organizationId: number;
  readonly clockOffset: number;
  readonly body: NoteInput;
}

/** Credit notes that someone asks for; reading them is in documents.ts. */
export function createCreditNoteRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  const create = async ({ organizationId, clockOffset, body }: Asked, isPreview: boolean) => {
    const result = await orNotBillable(() =>
      createCreditNote(pool, {
        organizationId,
        id: newId(inTimeOf(dependencies, clockOffset)),
        invoiceId: body.invoice,
        reason: body.reason,
        wish: wishOf(body),
        settlement: body.settlement,
        clock: () => now() + clockOffset,
        isPreview,
      }),
    );
    if (result.status === 'issued' || result.status === 'preview') return result;
    throw refusal(result, body.invoice);
  };
  const moreFaults: MoreFaults = ({ organizationId, body }) =>
    inOrganization(pool, organizationId, (tx) => faultsOfRefused(tx, organizationId, body));
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/credit-notes',
      scope: 'write',
      summary: 'Give back an invoice in part or all that is left of it',
      body: noteSchema,
      moreFaults,
      response: documentSchema,
      status: 201,
      async handler({ organizationId, clockOffset, body }) {
        const result = await create({ organizationId, clockOffset, body }, false);
        if (result.status !== 'issued') throw new Error('a credit note was only looked at');
        const { creditNote } = result;
        return {
          body: presentDocument(creditNote, undefined),
          headers: { Location: `/v1/credit-notes/${creditNote.id}` },
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/credit-notes/preview',
      scope: 'read',
      idempotency: 'needless',
      summary: 'What a credit note would be; nothing is stored',
      body: noteSchema,
      moreFaults,
      response: previewedSchema('credit_note'),
      status: 200,
      async handler({ organizationId, clockOffset, body }) {
        const result = await create({ organizationId, clockOffset, body }, true);
        if (result.status !== 'preview') throw new Error('a credit note was issued instead of looked at');
        return { body: presentPreviewed('credit_note', result.body) };
      },
    }),
  ];
}
