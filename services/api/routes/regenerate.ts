import { z } from 'zod';
import { lineSchema } from '#libs/catalog/fields.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { type Regenerated, regenerateInvoice } from '#libs/invoicing/run/regenerate-invoice.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { uuidParams } from '../fields.ts';
import { notVoidable } from '../not-voidable.ts';
import { readInvoicePayments, sellersToday } from '../payment-states.ts';
import { documentSchema, presentDocument } from '../present-document.ts';

export function regenerateRoutes({ pool, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/admin/invoices/{id}/regenerate',
      scope: 'admin',
      summary: 'Void an invoice, credit it, and issue it anew for the usage as it is now, at the prices it had',
      params: uuidParams,
      body: z.strictObject({ reason: lineSchema().optional().describe('Printed on the credit note') }),
      response: z.object({ voided: documentSchema, credit_note: documentSchema, invoice: documentSchema }),
      status: 201,
      async handler({ organizationId, keyId, params: { id }, body }) {
        const reason = body.reason ?? 'Issued anew';
        const result = await regenerateInvoice(pool, {
          organizationId,
          invoiceId: id,
          reason,
          requestedBy: `key:${keyId}`,
          clock: now,
        });
        if (result.status !== 'regenerated') throw refusal(result, id);
        const payments = await inOrganization(pool, organizationId, async (tx) => {
          const today = await sellersToday(tx, organizationId, now());
          return readInvoicePayments(tx, organizationId, [result.voided, result.invoice], today);
        });
        return {
          body: {
            voided: presentDocument(result.voided, payments.get(result.voided.id)),
            credit_note: presentDocument(result.creditNote, undefined),
            invoice: presentDocument(result.invoice, payments.get(result.invoice.id)),
          },
          headers: { Location: `/v1/invoices/${result.invoice.id}` },
        };
      },
    }),
  ];
}

const refusal = (result: Exclude<Regenerated, { status: 'regenerated' }>, id: string): ApiError =>
  result.status === 'cannot_bill'
    ? new ApiError('not_billable', `${result.detail} The invoice stands as it is.`, {
        errors: [{ pointer: '', code: result.code, detail: result.detail }],
      })
    : notVoidable(result, id);
