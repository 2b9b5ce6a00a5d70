import { z } from 'zod';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { draftWhatIsOver } from '#libs/invoicing/drafts/draft-what-is-over.ts';
import { finalizeDraft } from '#libs/invoicing/drafts/finalize-draft.ts';
import { previewInvoice } from '#libs/invoicing/drafts/preview-invoice.ts';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { selectInvoices } from '#libs/invoicing/store/select-invoices.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { PAYMENT_STATUSES } from '#libs/payments/payment-state.ts';
import { idSchema, timeSchema, uuidParams } from '../fields.ts';
import { orNotBillable } from '../or-not-billable.ts';
import { presentWithPayments } from '../payment-states.ts';
import { documentPdfRoutes } from '../routes/document-pdf.ts';
import type { CompatDependencies } from './compat-dependencies.ts';
import { readTenant, tenantParams } from './find-tenant.ts';
import { jsonNumber, jsonNumberSchema } from './json-number.ts';
import { lineItemSchema, lineItemsOf } from './present-bill.ts';

const previewAnswer = z.object({
  tenantId: z.string(),
  totalAmount: jsonNumberSchema,
  lineItems: z.array(lineItemSchema),
});

const invoiceAnswer = z.object({
  id: idSchema,
  tenantId: z.string(),
  issuedAt: timeSchema,
  totalAmount: jsonNumberSchema,
  status: z.enum(PAYMENT_STATUSES).describe('Of its payment'),
  pdfUrl: z.string(),
  lineItems: z.array(lineItemSchema),
});

const MAX_INVOICES = 1000;

export function tenantBillingRoutes(dependencies: CompatDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/billing/tenants/{id}/preview',
      scope: 'read',
      summary: 'What a customer would be billed if what is used by now were all',
      params: tenantParams,
      response: previewAnswer,
      async handler({ organizationId, clockOffset, params: { id } }) {
        const { id: customerId, key } = await readTenant(pool, organizationId, id);
        const { drafts } = await orNotBillable(() =>
          previewInvoice(pool, { organizationId, customerId, now: now() + clockOffset }),
        );
        const bodies = drafts.map(({ body }) => body);
        oneCurrency(bodies.map(({ currency }) => currency));
        const total = bodies.reduce((sum, body) => sum.plus(body.total), new Big('0'));
        const answer = { tenantId: key, totalAmount: jsonNumber(decimalString(total)) };
        return { body: { ...answer, lineItems: bodies.flatMap(lineItemsOf) } };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/billing/admin/tenants/{id}/generate-invoice',
      idempotency: 'needless',
      scope: 'write',
      summary: 'Bill now what is over, without waiting for its grace, and answer the newest invoice of a period',
      params: tenantParams,
      response: invoiceAnswer,
      status: 200,
      async handler({ organizationId, clockOffset, params: { id } }) {
        const { id: customerId, key } = await readTenant(pool, organizationId, id);
        const at = now() + clockOffset;
        await orNotBillable(async () => {
          for (const draft of await draftWhatIsOver(pool, { organizationId, customerId, now: at }))
            await finalizeDraft(pool, { organizationId, id: draft, now: at });
        });
        const invoices = await invoicesOf(pool, organizationId, customerId);
        const newest = invoices.find(({ state, document }) => state === 'finalized' && document.period);
        if (newest) return { body: (await presenter(pool, organizationId, [newest], key, at))(newest) };
        throw new ApiError(
          'period_not_over',
          `No period of tenant "${key}" is over that anything was to be billed for. Nothing was made; the preview shows what has come together.`,
        );
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/billing/tenants/{id}/invoices',
      scope: 'read',
      summary: `Invoices of a customer, newest first, ${MAX_INVOICES} at most`,
      params: tenantParams,
      response: z.array(invoiceAnswer),
      async handler({ organizationId, clockOffset, params: { id } }) {
        const { id: customerId, key } = await readTenant(pool, organizationId, id);
        const invoices = await invoicesOf(pool, organizationId, customerId);
        return { body: invoices.map(await presenter(pool, organizationId, invoices, key, now() + clockOffset)) };
      },
    }),
    download(dependencies),
  ];
}

/** The same answer as the native route's, under the other path. */
function download(dependencies: CompatDependencies): Route {
  const [native] = documentPdfRoutes(dependencies) as [Route];
  return {
    ...native,
    path: '/api/v1/billing/invoices/{id}/download',
    summary: 'The invoice as PDF',
    params: uuidParams,
  };
}

const invoicesOf = (pool: Pool, organizationId: number, customerId: string): Promise<StoredInvoice[]> =>
  inOrganization(pool, organizationId, (tx) =>
    selectInvoices(tx, { organizationId, kind: 'invoice', customerId, limit: MAX_INVOICES }),
  );

async function presenter(
  pool: Pool,
  organizationId: number,
  invoices: readonly StoredInvoice[],
  tenantId: string,
  now: number,
): Promise<(invoice: StoredInvoice) => z.infer<typeof invoiceAnswer>> {
  const paymentOf = await presentWithPayments(pool, organizationId, invoices, now);
  return (invoice) => ({
    id: invoice.id,
    tenantId,
    issuedAt: invoice.finalizedAt.toISOString(),
    totalAmount: jsonNumber(invoice.document.total),
    status: paymentOf(invoice)?.status ?? 'open',
    pdfUrl: `/api/v1/billing/invoices/${invoice.id}/download`,
    lineItems: lineItemsOf(invoice.document),
  });
}

/** @throws ApiError where an amount without a currency would be a sum of several */
export function oneCurrency(currencies: readonly string[]): string | undefined {
  const [first, second] = new Set(currencies);
  if (second === undefined) return first;
  throw new ApiError(
    'not_billable',
    `What is to be billed is in several currencies (${first}, ${second}), which this answer cannot say: use GET /v1/customers/{key}/invoice-preview.`,
  );
}
