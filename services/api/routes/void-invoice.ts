import { z } from 'zod';
import { lineSchema } from '#libs/catalog/fields.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { previewVoid, voidInvoice } from '#libs/invoicing/correct/void-invoice.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { uuidParams } from '../fields.ts';
import { notVoidable } from '../not-voidable.ts';
import { presentWithPayments } from '../payment-states.ts';
import { documentSchema, presentDocument } from '../present-document.ts';
import { presentPreviewed, previewedSchema } from '../present-previewed.ts';

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
        dry_run: z.boolean().default(false).describe('Only says what the credit note would be; nothing is stored'),
      }),
      response: z.union([
        z.object({ invoice: documentSchema, credit_note: documentSchema }),
        z.object({ credit_note: previewedSchema('credit_note') }),
      ]),
      status: 201,
      async handler({ organizationId, clockOffset, keyId, params: { id }, body }) {
        const request = {
          organizationId,
          invoiceId: id,
          reason: body.reason,
          billAgain: body.bill_again,
          requestedBy: `key:${keyId}`,
          clock: () => now() + clockOffset,
        };
        if (body.dry_run) {
          const previewed = await previewVoid(pool, request);
          if (previewed.status !== 'preview') throw notVoidable(previewed, id);
          return { status: 200, body: { credit_note: presentPreviewed('credit_note', previewed.creditNote) } };
        }
        const result = await voidInvoice(pool, request);
        if (result.status !== 'voided') throw notVoidable(result, id);
        const paymentOf = await presentWithPayments(pool, organizationId, [result.invoice], now() + clockOffset);
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
