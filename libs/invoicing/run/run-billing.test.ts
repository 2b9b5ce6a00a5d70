import { beforeAll, describe, expect, test } from '@jest/globals';
import { inTransaction } from '#libs/database/transaction.ts';
import { bill, HOUR_IN_PAST_MONTH, NEXT_MONTH, runDependencies } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { verifyChain } from '../chain/verify-chain.ts';
import { buyerKey } from '../documents/buyer-key.ts';
import { selectBillingRun } from '../store/select-billing-run.ts';
import { selectChain } from '../store/select-chain.ts';
import { selectInvoices } from '../store/select-invoices.ts';
import { selectParked } from '../store/select-parked.ts';
import { RunTakenOver } from './finalize.ts';
import { type RunStep, runBilling } from './run-billing.ts';

const { owner, worker, fixture } = await billingDatabase();

const CUSTOMERS = 30;

/** 30 customers; the nth made n × 1,000 calls, so its bill is 10.00 and 2.00 × n. */
async function thirtyCustomers(customers = CUSTOMERS) {
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.simplePlan(organizationId, meterId);
  for (let n = 1; n <= customers; n += 1) {
    await fixture.simpleCustomer(organizationId, `customer-${n}`, planId);
    await fixture.usage(organizationId, meterId, `customer-${n}`, HOUR_IN_PAST_MONTH, String(n * 1000), '3');
    // The first hour of the month counts, the first of the next does not.
    await fixture.usage(organizationId, meterId, `customer-${n}`, '2025-03-01T00:00:00Z', '1');
    await fixture.usage(organizationId, meterId, `customer-${n}`, '2025-04-01T00:00:00Z', '999');
  }
  return { organizationId, meterId, planId };
}

/** Numbers 1..n without gap, an unbroken chain, totals as expected, every unit billed once. */
async function expectWhole(organizationId: number, customers = CUSTOMERS) {
  const invoices = await inTransaction(owner, (tx) => selectInvoices(tx, { organizationId, limit: 1000 }));
  expect(invoices.map(({ document }) => document.series_number).sort((a, b) => a - b)).toEqual(
    Array.from({ length: customers }, (_, index) => index + 1),
  );
  const totals = Object.fromEntries(invoices.map(({ document }) => [buyerKey(document), document.total]));
  expect(totals).toEqual(
    Object.fromEntries(
      Array.from({ length: customers }, (_, index) => [`customer-${index + 1}`, `${10 + 2 * (index + 1)}.00`]),
    ),
  );
  const chain = await inTransaction(owner, (tx) => selectChain(tx, organizationId, 'invoice', { limit: 1000 }));
  expect(verifyChain(chain)).toMatchObject({ ok: true, documents: customers });
  const { rows } = await owner.query('SELECT count(*)::integer AS units FROM billed_units WHERE organization_id = $1', [
    organizationId,
  ]);
  expect(rows[0]).toEqual({ units: customers * 2 });
  return invoices;
}

describe('a month of 30 customers', () => {
  let organizationId: number;

  beforeAll(async () => {
    ({ organizationId } = await thirtyCustomers());
  });

  test('becomes 30 invoices, each line with evidence and watermark', async () => {
    await fixture.applied({ 0: 120, 1: 40 });
    const run = await bill(owner, worker, organizationId, { chunkSize: 7 });
    expect(run).toMatchObject({ state: 'completed', customersDue: 30, customersDone: 30, invoicesCreated: 30 });
    const invoices = await expectWhole(organizationId);
    const third = invoices.find(({ document }) => buyerKey(document) === 'customer-3');
    const today = new Date().toISOString().slice(0, 10);
    expect(third?.document).toMatchObject({
      kind: 'invoice',
      number: expect.stringMatching(/^INV-\d{4}-0000\d\d$/),
      issue_date: today,
      seller: { name: 'Nordwind Cloud GmbH' },
      period: { from: '2025-03-01', to: '2025-04-01', time_zone: 'UTC' },
      watermark: { epoch: 1, offsets: { '0': '120', '1': '40' } },
      subtotal: '16.00',
      tax_total: '0.00',
      lines: [
        { position: 1, charge_key: 'fee', kind: 'fee', quantity: '1', amount: '10.00' },
        {
          position: 2,
          charge_key: 'calls',
          kind: 'usage',
          quantity: '3001',
          amount: '6.00',
          evidence: { meter: 'calls', quantity: '3001', event_count: '4', digest: '14' },
        },
      ],
    });
    const { rows } = await owner.query(
      `SELECT count(*)::integer AS lines, count(l.digest)::integer AS evidence, sum(l.amount)::text AS total,
              (SELECT count(*)::integer FROM invoice_pdfs WHERE organization_id = $1) AS pdfs,
              (SELECT count(*)::integer FROM outbox WHERE organization_id = $1 AND type = 'invoice.finalized') AS told
         FROM invoice_lines l
        WHERE l.organization_id = $1`,
      [organizationId],
    );
    // 30 × 10.00 + 2.00 × (1 + … + 30)
    expect(rows[0]).toEqual({ lines: 60, evidence: 30, total: '1230.00', pdfs: 30, told: 30 });
  });

  test('a second run makes nothing new', async () => {
    const run = await bill(owner, worker, organizationId);
    expect(run).toMatchObject({ state: 'completed', customersDue: 0, customersDone: 0, invoicesCreated: 0 });
    await expectWhole(organizationId);
  });

  test('the next month goes on in number and chain', async () => {
    const run = await bill(owner, worker, organizationId, {}, NEXT_MONTH);
    expect(run.invoicesCreated).toBe(30);
    const chain = await inTransaction(owner, (tx) => selectChain(tx, organizationId, 'invoice', { limit: 1000 }));
    expect(verifyChain(chain)).toMatchObject({ ok: true, documents: 60 });
    // The hour on the border belongs to this month.
    expect(chain.at(-1)?.document.lines[1]?.quantity).toBe('999');
  });
});

test('two runs at once: nothing twice, no gap', async () => {
  const { organizationId } = await thirtyCustomers();
  const runs = await Promise.all([3, 5].map((chunkSize) => bill(owner, worker, organizationId, { chunkSize })));
  expect(runs.map((run) => run.state)).toEqual(['completed', 'completed']);
  expect(runs.reduce((sum, run) => sum + run.invoicesCreated, 0)).toBe(CUSTOMERS);
  await expectWhole(organizationId);
});

test('two processes on one run: one carries it on, the other stands back', async () => {
  const { organizationId } = await thirtyCustomers();
  const { id } = await fixture.queue(organizationId);
  const results = await Promise.allSettled(
    [1, 2].map(() => runBilling(runDependencies(worker, { chunkSize: 3 }), organizationId, id)),
  );
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RunTakenOver);
  // Whoever stood back may have been ahead: carry it to its end.
  await runBilling(runDependencies(worker), organizationId, id);
  await expectWhole(organizationId);
  const run = await inTransaction(owner, (tx) => selectBillingRun(tx, organizationId, id));
  expect(run).toMatchObject({ state: 'completed', customersDone: 30, invoicesCreated: 30 });
});

describe('dying between two steps', () => {
  const steps: RunStep[] = [
    'begun',
    'barrier_noted',
    'collected',
    'units_taken',
    'numbered',
    'documents_inserted',
    'finalized',
    'documented',
  ];
  test.each(steps.flatMap((step) => [1, 2].map((time) => [step, time] as const)))(
    'at "%s", the %d. time: the run is carried on to the same result',
    async (step, time) => {
      const { organizationId } = await thirtyCustomers(6);
      const { id } = await fixture.queue(organizationId);
      let seen = 0;
      const checkpoint = async (reached: RunStep) => {
        if (reached !== step) return;
        seen += 1;
        if (seen === time) throw new Error('died here');
      };
      const first = runBilling(runDependencies(worker, { chunkSize: 2, checkpoint }), organizationId, id);
      const once = ['begun', 'barrier_noted', 'documented'].includes(step);
      if (once && time === 2) await first;
      else await expect(first).rejects.toThrow('died here');
      await runBilling(runDependencies(worker, { chunkSize: 2 }), organizationId, id);
      await expectWhole(organizationId, 6);
      const run = await inTransaction(owner, (tx) => selectBillingRun(tx, organizationId, id));
      expect(run).toMatchObject({ state: 'completed', customersDue: 6, customersDone: 6, invoicesCreated: 6 });
      const { rows } = await owner.query(
        'SELECT count(*)::integer AS pdfs FROM invoice_pdfs WHERE organization_id = $1',
        [organizationId],
      );
      expect(rows[0]).toEqual({ pdfs: 6 });
    },
  );
});

describe('the barrier', () => {
  test('is noted once; nothing is rated before usage got there', async () => {
    const { organizationId, meterId } = await thirtyCustomers(2);
    await fixture.applied({ 0: 10 });
    const { id } = await fixture.queue(organizationId);
    let asked = 0;
    const dependencies = runDependencies(worker, {
      logEnd: async () => {
        asked += 1;
        return new Map([[0, asked === 1 ? 12n : 99n]]);
      },
    });
    const stop = new AbortController();
    const read = () => inTransaction(owner, (tx) => selectBillingRun(tx, organizationId, id));
    const stopped = runBilling({ ...dependencies, signal: stop.signal }, organizationId, id);
    await waitFor(async () => (await read())?.stateReason?.includes('partition 0: 2 to go') ?? false, {
      describe: 'the run to say what it waits for',
    });
    stop.abort();
    expect(await stopped).toBeNull();
    expect(await read()).toMatchObject({ state: 'waiting', barrier: { epoch: 1, offsets: { '0': '12' } } });

    const resumed = runBilling(dependencies, organizationId, id);
    await fixture.usage(organizationId, meterId, 'customer-1', HOUR_IN_PAST_MONTH, '5000');
    await fixture.applied({ 0: 12 });
    expect(await resumed).toMatchObject({ state: 'completed', invoicesCreated: 2, stateReason: null });
    expect(asked).toBe(1);
    const invoices = await fixture.documents(organizationId);
    expect(invoices.find((row) => row.document.buyer.key === 'customer-1')?.total).toBe('22.00');
  });

  test('of a log that was replaced is forgotten: the run waits for all that the new one holds', async () => {
    const { organizationId, meterId } = await thirtyCustomers(1);
    await fixture.applied({ 0: 10 });
    const { id } = await fixture.queue(organizationId);
    const read = () => inTransaction(owner, (tx) => selectBillingRun(tx, organizationId, id));
    let end = 12n;
    const running = runBilling(
      runDependencies(worker, { logEnd: async () => new Map([[0, end]]) }),
      organizationId,
      id,
    );
    await waitFor(async () => (await read())?.stateReason?.includes('2 to go') ?? false, {
      describe: 'the run to wait',
    });
    end = 5n;
    try {
      await owner.query('UPDATE log_offsets SET epoch = 2, first_offset = 0, next_offset = 0');
      // Beyond the old barrier in numbers, and yet not all that had arrived.
      await waitFor(async () => (await read())?.stateReason?.includes('5 to go') ?? false, {
        describe: 'the run to wait for the new log',
      });
      expect(await read()).toMatchObject({ state: 'waiting', barrier: { epoch: 2, offsets: { '0': '5' } } });
      await fixture.usage(organizationId, meterId, 'customer-0', HOUR_IN_PAST_MONTH, '5000');
      await fixture.applied({ 0: 5 });
      expect(await running).toMatchObject({ state: 'completed', invoicesCreated: 1 });
    } finally {
      await owner.query('UPDATE log_offsets SET epoch = 1');
    }
  });

  test('a log that does not answer bills nothing', async () => {
    const { organizationId } = await thirtyCustomers(1);
    const logEnd = () => Promise.reject(new Error('the log does not answer'));
    await expect(bill(owner, worker, organizationId, { logEnd })).rejects.toThrow('the log does not answer');
    expect(await fixture.documents(organizationId)).toEqual([]);
  });
});

describe('a customer who cannot be billed', () => {
  test('is parked with the reason; the others are billed, and once it is mended so is he', async () => {
    const { organizationId, meterId } = await thirtyCustomers(3);
    const broken = await fixture.plan(organizationId, [
      { key: 'fee', price: { model: 'flat', amount: '1' } },
      { key: 'calls', meterId, price: null },
    ]);
    const customerId = await fixture.simpleCustomer(organizationId, 'broken', broken);
    const run = await bill(owner, worker, organizationId);
    expect(run).toMatchObject({ customersDue: 4, customersDone: 4, invoicesCreated: 3, state: 'completed' });
    await expectWhole(organizationId, 3);
    const parked = await inTransaction(owner, (tx) => selectParked(tx, organizationId, run.id));
    expect(parked).toMatchObject([
      { customerId, customerKey: 'broken', code: 'missing_price', detail: expect.stringContaining('Charge "calls"') },
    ]);
    const mended = await fixture.simplePlan(organizationId, meterId);
    await owner.query('UPDATE subscription_changes SET plan_id = $1 WHERE plan_id = $2', [mended, broken]);
    expect(await bill(owner, worker, organizationId)).toMatchObject({ invoicesCreated: 1 });
  });

  test.each([
    ['a price of another version', { model: 'tea_leaves' }, 'invalid_price'],
    ['a rate without a meter', { model: 'per_unit', unit_amount: '1' }, 'price_needs_meter'],
  ])('%s', async (_name, price, code) => {
    const { organizationId } = await thirtyCustomers(1);
    const planId = await fixture.plan(organizationId, [{ key: 'odd', price }]);
    await fixture.simpleCustomer(organizationId, 'odd', planId);
    const run = await bill(owner, worker, organizationId);
    const parked = await inTransaction(owner, (tx) => selectParked(tx, organizationId, run.id));
    expect(parked).toMatchObject([{ customerKey: 'odd', code }]);
    await expectWhole(organizationId, 1);
  });

  test('one whose document the database refuses does not stop the batch', async () => {
    const { organizationId } = await thirtyCustomers(5);
    await owner.query(`CREATE FUNCTION refuse_customer_4() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.organization_id = ${organizationId} AND NEW.document->'buyer'->>'key' = 'customer-4' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$`);
    await owner.query(
      'CREATE TRIGGER refuse BEFORE INSERT ON invoices FOR EACH ROW EXECUTE FUNCTION refuse_customer_4()',
    );
    const run = await bill(owner, worker, organizationId);
    await owner.query('DROP TRIGGER refuse ON invoices');
    expect(run).toMatchObject({ state: 'completed', customersDone: 5, invoicesCreated: 4 });
    const parked = await inTransaction(owner, (tx) => selectParked(tx, organizationId, run.id));
    expect(parked).toMatchObject([
      { customerKey: 'customer-4', code: 'refused_by_database', detail: expect.stringContaining('not this one') },
    ]);
    expect(await bill(owner, worker, organizationId)).toMatchObject({ invoicesCreated: 1 });
    await expectWhole(organizationId, 5);
  });
});
