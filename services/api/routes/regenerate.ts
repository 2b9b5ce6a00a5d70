import { z } from 'zod';
import { lineSchema } from '#libs/catalog/fields.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import {
  type NotRegenerated,
  previewRegenerate,
  type RegenerateRequest,
  regenerateInvoice,
} from '#libs/invoicing/correct/regenerate-invoice.ts';
import { renderAgain } from '#libs/invoicing/pages/render-again.ts';
import { type ApiDependencies, inTimeOf } from '../dependencies.ts';
import { explainRenderFailure } from '../explain-render-failure.ts';
import { uuidParams } from '../fields.ts';
import { notVoidable } from '../not-voidable.ts';
import { readInvoicePayments, sellersToday } from '../payment-states.ts';
import { documentSchema, presentDocument } from '../present-document.ts';
import { presentPreviewed, previewedSchema } from '../present-previewed.ts';

const ALONE = ['reason', 'prices', 'dry_run'] as const;

const bodySchema = z
  .strictObject({
    reason: lineSchema().optional().describe('Printed on the credit note'),
    prices: z
      .literal('current')
      .optional()
      .describe(
        'By the newest active versions of its plans, overrides of the subscription applied; late usage has these prices from then on. Left out: by the prices it had',
      ),
    dry_run: z.boolean().optional().describe('Only says what would be issued; nothing is stored'),
    render_only: z
      .boolean()
      .default(false)
      .describe('The document stays as it is; only its page is drawn, if it is missing or an older version drew it'),
  })
  .superRefine((body, context) => {
    if (!body.render_only) return;
    for (const field of ALONE)
      if (body[field] !== undefined)
        context.addIssue({
          code: 'custom',
          path: [field],
          message: 'is for an invoice that is issued anew, and with render_only none is: leave it out',
        });
  });

const reissuedSchema = z.object({
  voided: documentSchema,
  credit_note: documentSchema,
  invoice: documentSchema,
  other_credit_notes: z
    .array(documentSchema)
    .describe('On other invoices, which had billed more of its period than there is'),
});
const previewSchema = z.object({
  credit_note: previewedSchema('credit_note'),
  invoice: previewedSchema('invoice'),
  other_credit_notes: z.array(previewedSchema('credit_note')),
});
const renderedSchema = z.object({
  document: documentSchema,
  renderer_version: z.int(),
  sha256: z.string().describe('Of the bytes of the page, hex; the ETag of the PDF'),
});

type Dependencies = Pick<ApiDependencies, 'pool' | 'now' | 'render'>;

export function regenerateRoutes(dependencies: Dependencies): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/admin/invoices/{id}/regenerate',
      scope: 'admin',
      summary:
        'Void an invoice, credit it, and issue it anew for the usage as it is now, at the prices it had or the current ones; or draw its page again (credit notes, too)',
      params: uuidParams,
      body: bodySchema,
      response: z.union([reissuedSchema, previewSchema, renderedSchema]),
      status: 201,
      alsoStatus: [200],
      async handler({ organizationId, clockOffset, keyId, params: { id }, body }) {
        const inItsTime = inTimeOf(dependencies, clockOffset);
        if (body.render_only) return renderOnly(inItsTime, organizationId, id);
        const request = {
          organizationId,
          invoiceId: id,
          reason: body.reason ?? 'Issued anew',
          prices: body.prices,
          requestedBy: `key:${keyId}`,
          clock: inItsTime.now,
        };
        return body.dry_run ? preview(inItsTime, request) : reissue(inItsTime, request);
      },
    }),
  ];
}

async function renderOnly({ pool, now, render }: Dependencies, organizationId: number, id: string) {
  const rendered = await renderAgain(pool, organizationId, id, render).catch(explainRenderFailure);
  if (rendered === null) throw new ApiError('not_found', `There is no invoice or credit note ${id}.`);
  const { invoice, pdf, isNew } = rendered;
  const payments = await paymentsOf({ pool, now }, organizationId, invoice.kind === 'invoice' ? [invoice] : []);
  const path = invoice.kind === 'invoice' ? 'invoices' : 'credit-notes';
  return {
    status: isNew ? 201 : 200,
    body: {
      document: presentDocument(invoice, payments.get(id)),
      renderer_version: pdf.rendererVersion,
      sha256: pdf.sha256.toString('hex'),
    },
    headers: { Location: `/v1/${path}/${id}/pdf` },
  };
}

async function reissue({ pool, now }: Dependencies, request: RegenerateRequest) {
  const { organizationId, invoiceId } = request;
  const result = await regenerateInvoice(pool, request);
  if (result.status !== 'regenerated') throw refusal(result, invoiceId);
  const payments = await paymentsOf({ pool, now }, organizationId, [result.voided, result.invoice]);
  return {
    body: {
      voided: presentDocument(result.voided, payments.get(result.voided.id)),
      credit_note: presentDocument(result.creditNote, undefined),
      invoice: presentDocument(result.invoice, payments.get(result.invoice.id)),
      other_credit_notes: result.notes.map((note) => presentDocument(note, undefined)),
    },
    headers: { Location: `/v1/invoices/${result.invoice.id}` },
  };
}

async function preview({ pool }: Dependencies, request: RegenerateRequest) {
  const result = await previewRegenerate(pool, request);
  if (result.status !== 'preview') throw refusal(result, request.invoiceId);
  return {
    status: 200,
    body: {
      credit_note: presentPreviewed('credit_note', result.creditNote),
      invoice: presentPreviewed('invoice', result.invoice),
      other_credit_notes: result.notes.map((note) => presentPreviewed('credit_note', note)),
    },
  };
}

const paymentsOf = (
  { pool, now }: Pick<Dependencies, 'pool' | 'now'>,
  organizationId: number,
  invoices: Parameters<typeof readInvoicePayments>[2],
) =>
  inOrganization(pool, organizationId, async (tx) => {
    const today = await sellersToday(tx, organizationId, now());
    return readInvoicePayments(tx, organizationId, invoices, today);
  });

function refusal(result: NotRegenerated, id: string): ApiError {
  switch (result.status) {
    case 'cannot_bill':
      return new ApiError('not_billable', `${result.detail} The invoice stands as it is.`, {
        errors: [{ pointer: '', code: result.code, detail: result.detail }],
      });
    case 'prices_do_not_fit':
      return new ApiError(
        'prices_not_applicable',
        `${result.faults.map(({ detail }) => detail).join(' ')} The invoice stands as it is: void it, or regenerate it at the prices it had.`,
        { errors: result.faults.map(({ code, detail }) => ({ pointer: '/prices', code, detail })) },
      );
    default:
      return notVoidable(result, id);
  }
}
