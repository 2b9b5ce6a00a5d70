import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { answerBytes } from '#libs/http/answer-bytes.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { readInvoicePdf, type StoredPdf } from '#libs/invoicing/pages/invoice-pdf.ts';
import { selectInvoice } from '#libs/invoicing/store/select-invoice.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { explainRenderFailure } from '../explain-render-failure.ts';
import { uuidParams } from '../fields.ts';

const KINDS = [
  { kind: 'invoice', path: '/v1/invoices/{id}/pdf', name: 'invoice' },
  { kind: 'credit_note', path: '/v1/credit-notes/{id}/pdf', name: 'credit note' },
] as const;

/** Pages of invoices and credit notes. */
export const documentPdfRoutes = ({ pool, render }: Pick<ApiDependencies, 'pool' | 'render'>): Route[] =>
  KINDS.map(({ kind, path, name }) =>
    defineRoute({
      method: 'GET',
      path,
      scope: 'read',
      summary: `The ${name} as PDF; the same bytes each time, until it is rendered again by a newer version. Takes Range, If-Range and If-None-Match`,
      params: uuidParams,
      response: 'binary',
      alsoStatus: [206],
      async handler({ organizationId, params: { id }, request }) {
        const number = await readNumber(pool, organizationId, id);
        if (number?.kind !== kind) throw new ApiError('not_found', `There is no ${name} ${id}.`);
        const pdf = (await readInvoicePdf(pool, organizationId, id, render).catch(explainRenderFailure)) as StoredPdf;
        return answerBytes(request, {
          bytes: pdf.bytes,
          etag: `"${pdf.sha256.toString('hex')}"`,
          type: 'application/pdf',
          fileName: `${number.number}.pdf`,
        });
      },
    }),
  );

async function readNumber(
  pool: Pool,
  organizationId: number,
  id: string,
): Promise<{ readonly kind: string; readonly number: string } | null> {
  return inOrganization(pool, organizationId, (tx) => selectInvoice(tx, organizationId, id));
}
