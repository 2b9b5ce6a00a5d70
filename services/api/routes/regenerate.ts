import { z } from 'zod';
import { lineSchema } from '#libs/catalog/fields.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { type Regenerated, regenerateInvoice } from '#libs/invoicing/correct/regenerate-invoice.ts';
import { renderAgain } from '#libs/invoicing/pages/render-again.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { explainRenderFailure } from '../explain-render-failure.ts';
import { uuidParams } from '../fields.ts';
import { notVoidable } from '../not-voidable.ts';
import { readInvoicePayments, sellersToday } from '../payment-states.ts';
import { documentSchema, presentDocument } from '../present-document.ts';

const bodySchema = z
  .strictObject({
    reason: lineSchema().optional().describe('Printed on the credit note'),
    render_only: z
      .boolean()
      .default(false)
      .describe('The document stays as it is; only its page is drawn, if it is missing or an older version drew it'),
  })
  .refine((body) => !body.render_only || body.reason === undefined, {
    path: ['reason'],
    error: 'is printed on a credit note, and with render_only there is none: leave it out',
  });

const reissuedSchema = z.object({ voided: documentSchema, credit_note: documentSchema, invoice: documentSchema });
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
        'Void an invoice, credit it, and issue it anew for the usage as it is now, at the prices it had; or draw its page again (credit notes, too)',
      params: uuidParams,
      body: bodySchema,
      response: z.union([reissuedSchema, renderedSchema]),
      status: 201,
      alsoStatus: [200],
      async handler({ organizationId, keyId, params: { id }, body }) {
        if (body.render_only) return renderOnly(dependencies, organizationId, id);
        return reissue(dependencies, { organizationId, keyId, id, reason: body.reason ?? 'Issued anew' });
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

async function reissue(
  { pool, now }: Dependencies,
  request: { organizationId: number; keyId: string; id: string; reason: string },
) {
  const { organizationId, keyId, id, reason } = request;
  const result = await regenerateInvoice(pool, {
    organizationId,
    invoiceId: id,
    reason,
    requestedBy: `key:${keyId}`,
    clock: now,
  });
  if (result.status !== 'regenerated') throw refusal(result, id);
  const payments = await paymentsOf({ pool, now }, organizationId, [result.voided, result.invoice]);
  return {
    body: {
      voided: presentDocument(result.voided, payments.get(result.voided.id)),
      credit_note: presentDocument(result.creditNote, undefined),
      invoice: presentDocument(result.invoice, payments.get(result.invoice.id)),
    },
    headers: { Location: `/v1/invoices/${result.invoice.id}` },
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

const refusal = (result: Exclude<Regenerated, { status: 'regenerated' }>, id: string): ApiError =>
  result.status === 'cannot_bill'
    ? new ApiError('not_billable', `${result.detail} The invoice stands as it is.`, {
        errors: [{ pointer: '', code: result.code, detail: result.detail }],
      })
    : notVoidable(result, id);
