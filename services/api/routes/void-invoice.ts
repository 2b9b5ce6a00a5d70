import { z } from 'zod';
import { lineSchema } from '#libs/catalog/fields.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { voidInvoice } from '#libs/invoicing/correct/void-invoice.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { uuidParams } from '../fields.ts';
import { notVoidable } from '../not-voidable.ts';
import { presentWithPayments } from '../payment-states.ts';
import { documentSchema, presentDocument } from '../present-document.ts';

export function voidInvoiceRoutes({ pool, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/invoices/{id}/void',
      scope: 'write',
      summary: 'Take back a whole invoice by a credit note; what balances paid goes back to them',
      params: uuidParams,
      body: z.strictObject({
        reason: lineSchema().describe('Printed on the credit note'),
        bill_again: z
          .boolean()
          .default(false)
          .describe(
            'Whether the next run over its period bills it again, the schedule’s too; otherwise what it billed stays settled',
          ),
      }),
      response: z.object({ invoice: documentSchema, credit_note: documentSchema }),
      status: 201,
      async handler({ organizationId, keyId, params: { id }, body }) {
        const result = await voidInvoice(pool, {
          organizationId,
          invoiceId: id,
          reason: body.reason,
          billAgain: body.bill_again,
          requestedBy: `key:${keyId}`,
          clock: now,
        });
        if (result.status !== 'voided') throw notVoidable(result, id);
        const paymentOf = await presentWithPayments(pool, organizationId, [result.invoice], now());
        return {
          body: {
            invoice: presentDocument(result.invoice, paymentOf(result.invoice)),
            credit_note: presentDocument(result.creditNote, undefined),
          },
          headers: { Location: `/v1/credit-notes/${result.creditNote.id}` },
        };
      },
    }),
  ];
}
