import type { Route } from '#libs/http/route.ts';
import { apiDependencies, type GivenDependencies } from './dependencies.ts';
import { openToCustomers } from './open-to-customers.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { auditLogRoutes } from './routes/audit-log.ts';
import { billingRunActionRoutes } from './routes/billing-run.ts';
import { billingRunRoutes } from './routes/billing-runs.ts';
import { cacheRoutes } from './routes/cache.ts';
import { chainHeadRoutes } from './routes/chain-heads.ts';
import { changeRoutes } from './routes/changes.ts';
import { couponRoutes } from './routes/coupons.ts';
import { createCreditNoteRoutes } from './routes/create-credit-note.ts';
import { customerBalanceRoutes } from './routes/customer-balances.ts';
import { customerDiscountRoutes } from './routes/customer-discounts.ts';
import { customerErasureRoutes } from './routes/customer-erasure.ts';
import { customerTokenRoutes } from './routes/customer-tokens.ts';
import { customerRoutes } from './routes/customers.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { documentPdfRoutes } from './routes/document-pdf.ts';
import { documentRoutes } from './routes/documents.ts';
import { draftEntryRoutes } from './routes/draft-entries.ts';
import { eventRoutes } from './routes/events.ts';
import { exchangeRateRoutes } from './routes/exchange-rates.ts';
import { explainRoutes } from './routes/explain.ts';
import { exportRoutes } from './routes/exports.ts';
import { invoiceDraftRoutes } from './routes/invoice-drafts.ts';
import { invoicePreviewRoutes } from './routes/invoice-preview.ts';
import { meterBackfillRoutes } from './routes/meter-backfills.ts';
import { meterRoutes } from './routes/meters.ts';
import { openApiRoute } from './routes/open-api.ts';
import { organizationDeletionRoutes } from './routes/organization-deletion.ts';
import { organizationRoutes } from './routes/organizations.ts';
import { paymentRoutes } from './routes/payments.ts';
import { planMigrationRoutes } from './routes/plan-migrations.ts';
import { planRoutes } from './routes/plans.ts';
import { quoteRoutes } from './routes/quotes.ts';
import { reconciliationRoutes } from './routes/reconciliation.ts';
import { referenceRoutes } from './routes/reference.ts';
import { regenerateRoutes } from './routes/regenerate.ts';
import { rerateRoutes } from './routes/rerate.ts';
import { subscriptionChangeRoutes } from './routes/subscription-changes.ts';
import { subscriptionRoutes } from './routes/subscriptions.ts';
import { taxRateRoutes } from './routes/tax-rates.ts';
import { testClockRoutes } from './routes/test-clock.ts';
import { uncollectibleRoutes } from './routes/uncollectible.ts';
import { usageRoutes } from './routes/usage.ts';
import { verifyRoutes } from './routes/verify.ts';
import { voidInvoiceRoutes } from './routes/void-invoice.ts';

/** Every route of the management API. Clock and randomness are the machine's unless given. */
export function apiRoutes(given: GivenDependencies): Route[] {
  const dependencies = apiDependencies(given);
  const routes = [
    organizationRoutes,
    organizationDeletionRoutes,
    apiKeyRoutes,
    auditLogRoutes,
    meterRoutes,
    meterBackfillRoutes,
    customerRoutes,
    customerErasureRoutes,
    customerTokenRoutes,
    planRoutes,
    planMigrationRoutes,
    subscriptionRoutes,
    quoteRoutes,
    couponRoutes,
    customerDiscountRoutes,
    customerBalanceRoutes,
    taxRateRoutes,
    exchangeRateRoutes,
    subscriptionChangeRoutes,
    usageRoutes,
    eventRoutes,
    reconciliationRoutes,
    deadLetterRoutes,
    cacheRoutes,
    testClockRoutes,
    billingRunRoutes,
    billingRunActionRoutes,
    documentRoutes,
    invoiceDraftRoutes,
    createCreditNoteRoutes,
    voidInvoiceRoutes,
    draftEntryRoutes,
    invoicePreviewRoutes,
    documentPdfRoutes,
    regenerateRoutes,
    rerateRoutes,
    paymentRoutes,
    uncollectibleRoutes,
    chainHeadRoutes,
    explainRoutes,
    exportRoutes,
    verifyRoutes,
    changeRoutes,
  ].flatMap((routesOf) => routesOf(dependencies).map((route) => openToCustomers(route, dependencies.pool)));
  return [...routes, openApiRoute(), ...referenceRoutes()];
}
