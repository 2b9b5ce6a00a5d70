import { bind } from './bind.ts';
import type { Call, Stream } from './call.ts';

export type Resources = ReturnType<typeof createResources>;

/** Every operation of the API as a function; what it takes and answers is in docs/api, under its route. */
export function createResources(call: Call, stream: Stream) {
  const { act, write, read, list, streamed } = bind(call, stream);
  return {
    apiKeys: {
      create: write('POST /v1/api-keys'),
      list: list('GET /v1/api-keys'),
      revoke: act('DELETE /v1/api-keys/{id}'),
    },
    billingRuns: {
      start: write('POST /v1/billing-runs'),
      list: list('GET /v1/billing-runs'),
      get: act('GET /v1/billing-runs/{id}'),
      cancel: act('POST /v1/billing-runs/{id}/cancel'),
      retryParked: act('POST /v1/billing-runs/{id}/retry-parked'),
      parked: list('GET /v1/billing-runs/{id}/parked'),
    },
    coupons: {
      create: write('POST /v1/coupons'),
      list: list('GET /v1/coupons'),
      get: act('GET /v1/coupons/{key}'),
      update: write('PATCH /v1/coupons/{key}'),
      archive: act('POST /v1/coupons/{key}/archive'),
    },
    creditNotes: {
      create: write('POST /v1/credit-notes'),
      preview: write('POST /v1/credit-notes/preview'),
      list: list('GET /v1/credit-notes'),
      get: act('GET /v1/credit-notes/{id}'),
      pdf: act('GET /v1/credit-notes/{id}/pdf'),
      verify: act('GET /v1/credit-notes/{id}/verify'),
      explainLine: act('GET /v1/credit-notes/{id}/lines/{position}/explain'),
    },
    customers: {
      create: write('POST /v1/customers'),
      list: list('GET /v1/customers'),
      get: act('GET /v1/customers/{key}'),
      update: write('PATCH /v1/customers/{key}'),
      balances: act('GET /v1/customers/{key}/balances'),
      adjustBalance: write('POST /v1/customers/{key}/balance-adjustments'),
      balanceTransactions: list('GET /v1/customers/{key}/balance-transactions'),
      discounts: list('GET /v1/customers/{key}/discounts'),
      applyDiscount: write('POST /v1/customers/{key}/discounts'),
      removeDiscount: act('DELETE /v1/customers/{key}/discounts/{id}'),
      previewInvoice: read('GET /v1/customers/{key}/invoice-preview'),
      rerate: write('POST /v1/admin/customers/{key}/rerate'),
    },
    deadLetters: {
      list: list('GET /v1/dead-letters'),
      get: act('GET /v1/dead-letters/{id}'),
      replay: write('POST /v1/dead-letters/replay'),
      discard: write('POST /v1/dead-letters/discard'),
    },
    exchangeRates: {
      create: write('POST /v1/exchange-rates'),
      list: list('GET /v1/exchange-rates'),
      get: act('GET /v1/exchange-rates/{id}'),
      remove: act('DELETE /v1/exchange-rates/{id}'),
    },
    exports: {
      invoices: streamed('GET /v1/exports/invoices'),
      invoiceLines: streamed('GET /v1/exports/invoice-lines'),
      chainHeads: streamed('GET /v1/exports/chain-heads'),
    },
    invoiceDrafts: {
      list: list('GET /v1/invoice-drafts'),
      get: act('GET /v1/invoice-drafts/{id}'),
      update: write('PATCH /v1/invoice-drafts/{id}'),
      remove: act('DELETE /v1/invoice-drafts/{id}'),
      refresh: act('POST /v1/invoice-drafts/{id}/refresh'),
      addLine: write('POST /v1/invoice-drafts/{id}/lines'),
      removeLine: act('DELETE /v1/invoice-drafts/{id}/lines/{line}'),
      addDiscount: write('POST /v1/invoice-drafts/{id}/discounts'),
      removeDiscount: act('DELETE /v1/invoice-drafts/{id}/discounts/{discount}'),
    },
    invoices: {
      create: write('POST /v1/invoices'),
      list: list('GET /v1/invoices'),
      get: act('GET /v1/invoices/{id}'),
      pdf: act('GET /v1/invoices/{id}/pdf'),
      finalize: act('POST /v1/invoices/{id}/finalize'),
      void: write('POST /v1/invoices/{id}/void'),
      regenerate: write('POST /v1/admin/invoices/{id}/regenerate'),
      markUncollectible: write('POST /v1/invoices/{id}/mark-uncollectible'),
      unmarkUncollectible: act('DELETE /v1/invoices/{id}/mark-uncollectible'),
      verify: act('GET /v1/invoices/{id}/verify'),
      explainLine: act('GET /v1/invoices/{id}/lines/{position}/explain'),
      explainHours: list('GET /v1/invoices/{id}/lines/{position}/explain/hours'),
      explainEvents: list('GET /v1/invoices/{id}/lines/{position}/explain/events'),
    },
    meters: {
      create: write('POST /v1/meters'),
      list: list('GET /v1/meters'),
      get: act('GET /v1/meters/{key}'),
      addVersion: write('POST /v1/meters/{key}/versions'),
      archive: act('POST /v1/meters/{key}/archive'),
      startBackfill: act('POST /v1/meters/{key}/backfill'),
      backfill: act('GET /v1/meters/{key}/backfill'),
    },
    organization: {
      get: act('GET /v1/organization'),
      update: write('PATCH /v1/organization'),
    },
    payments: {
      create: write('POST /v1/payments'),
      list: list('GET /v1/payments'),
      get: act('GET /v1/payments/{id}'),
      refund: write('POST /v1/payments/{id}/refunds'),
    },
    plans: {
      create: write('POST /v1/plans'),
      list: list('GET /v1/plans'),
      get: read('GET /v1/plans/{key}'),
      putVersion: write('PUT /v1/plans/{key}/versions/{version}'),
      activate: act('POST /v1/plans/{key}/versions/{version}/activate'),
      archive: act('POST /v1/plans/{key}/versions/{version}/archive'),
      migrate: write('POST /v1/plans/{key}/migrations'),
      migrations: list('GET /v1/plans/{key}/migrations'),
      migration: act('GET /v1/plans/{key}/migrations/{id}'),
    },
    quotes: {
      create: write('POST /v1/quotes'),
    },
    subscriptions: {
      create: write('POST /v1/subscriptions'),
      list: list('GET /v1/subscriptions'),
      get: act('GET /v1/subscriptions/{id}'),
      change: write('POST /v1/subscriptions/{id}/change'),
      changes: act('GET /v1/subscriptions/{id}/changes'),
      removeChange: act('DELETE /v1/subscriptions/{id}/changes/{change}'),
      cancel: write('POST /v1/subscriptions/{id}/cancel'),
      removeCancellation: act('DELETE /v1/subscriptions/{id}/cancellation'),
      pause: write('POST /v1/subscriptions/{id}/pause'),
      resume: write('POST /v1/subscriptions/{id}/resume'),
    },
    taxRates: {
      create: write('POST /v1/tax-rates'),
      list: list('GET /v1/tax-rates'),
      get: read('GET /v1/tax-rates/{key}'),
      end: write('POST /v1/tax-rates/{key}/end'),
    },
    usage: {
      list: list('GET /v1/usage'),
    },
    cache: { rebuild: act('POST /v1/cache/rebuild') },
    testClock: {
      get: act('GET /v1/test-clock'),
      advance: write('POST /v1/test-clock/advance'),
    },
    chainHeads: { list: list('GET /v1/chain-heads') },
    /** Every change in order. Remember the last page's next_cursor, and go on behind it as `after`. */
    changes: { list: list('GET /v1/changes') },
    /** With the operator's key. */
    organizations: { create: write('POST /v1/organizations') },
    reconciliation: { get: read('GET /v1/reconciliation') },
  };
}
