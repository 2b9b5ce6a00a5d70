import { expect, test } from '@jest/globals';
import { FontMissing } from '#libs/invoicing/pdf/fonts/load-font.ts';
import { renderInvoicePdf } from '#libs/invoicing/pdf/render-invoice-pdf.ts';
import type { Render } from '#libs/invoicing/pdf/render-pool.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { bill } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { startBillingRun } from './start.ts';

const { owner, worker, fixture } = await billingDatabase();

test('the service draws pages by itself once their font is there, and tells how many are missing', async () => {
  const organizationId = await fixture.organization();
  const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
  for (const key of ['a', 'b', 'c']) await fixture.simpleCustomer(organizationId, key, planId);
  let [isFontThere, attempts] = [false, 0];
  const render: Render = (document, details) => {
    attempts += 1;
    return isFontThere ? renderInvoicePdf(document, details) : Promise.reject(new FontMissing('f', 'F.ttf', null));
  };
  await bill(owner, worker, organizationId, { render });
  const metrics = createMetrics({ service: 'test', defaults: false });
  const service = await startBillingRun({
    pool: worker,
    logEnd: async () => new Map(),
    logger: testLogger(),
    metrics,
    render,
    scheduleMs: 3_600_000,
    pagesMs: 20,
  });
  const missing = async () => (await metrics.pagesMissing.get()).values[0]?.value;
  const pages = async () => (await owner.query('SELECT FROM invoice_pdfs')).rowCount;
  try {
    await waitFor(async () => (await missing()) === 3, { describe: () => 'the missing pages to be told' });
    expect(await pages()).toBe(0);
    isFontThere = true;
    // Their pause is over.
    await owner.query("UPDATE pages_to_draw SET due_at = now() - interval '1 second'");
    await waitFor(async () => (await missing()) === 0, { describe: () => 'the pages to be drawn' });
    expect(await pages()).toBe(3);
    // The run tried each, the service each once without and once with the font.
    expect(attempts).toBe(9);
    const outcomes = (await metrics.pagesDrawn.get()).values.map(({ labels, value }) => [labels.outcome, value]);
    expect(Object.fromEntries(outcomes)).toEqual({ drawn: 3, failed: 3 });
  } finally {
    await service.stop();
  }
});
