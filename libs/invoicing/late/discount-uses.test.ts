import { describe, expect, test } from '@jest/globals';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { createWorld, HOUR, linesOf, type World } from '#tests/support/late.ts';

const { owner, worker } = await billingDatabase();

test('what late usage takes of an amount off is noted as taken, and what it takes no more is free again', async () => {
  const acme = await createWorld(owner, worker, {
    charges: (meterId) => [{ key: 'calls', meterId, price: { model: 'per_unit', unit_amount: '0.10' } }],
    coupons: [{ amount: '12' }],
  });
  const used = async () =>
    (
      await owner.query<{ period: string; amount: string }>(
        `SELECT u.period_from::text AS period, u.amount::text, d.document ->> 'kind' AS kind FROM discount_uses u
           JOIN invoices d ON (d.organization_id, d.id) = (u.organization_id, u.invoice_id)
          WHERE u.organization_id = $1 ORDER BY u.period_from`,
        [acme.organizationId],
      )
    ).rows.map(({ period, amount }) => `${period} ${Number(amount)}`);
  const late = async (calls: number, month: string) => {
    await acme.calls('2025-03-31T23:00:00Z', { '': calls });
    await acme.bill(month);
  };
  await acme.calls('2025-03-10T12:00:00Z', { '': 20 });
  await late(80, '2025-03');
  expect(await used()).toEqual(['2025-03-01 10']);
  await late(130, '2025-04');
  expect(await used()).toEqual(['2025-03-01 12']);
  await late(0, '2025-05');
  expect(await used()).toEqual(['2025-03-01 2']);
  await acme.calls('2025-03-10T12:00:00Z', {});
  await late(0, '2025-06');
  expect(await used()).toEqual([]);
  await late(70, '2025-07');
  expect(await used()).toEqual(['2025-03-01 7']);
});

describe('never more than the coupon in all, over several documents of one period', () => {
  const setup = {
    charges: (meterId: number) => [{ key: 'calls', meterId, price: { model: 'per_unit', unit_amount: '0.10' } }],
    coupons: [{ amount: '12' }],
  };
  const subscribe = (acme: World) =>
    acme.fixture.subscription(acme.organizationId, acme.customerId, acme.planId, { startsOn: '2025-03-01' });
  /** What each document has of the coupon by now, in the order of their numbers; what it printed. */
  const taken = async ({ organizationId }: World) =>
    (
      await owner.query<{ amount: string }>(
        `SELECT coalesce(u.amount, 0)::text AS amount FROM invoices d
           LEFT JOIN discount_uses u ON (d.organization_id, d.id) = (u.organization_id, u.invoice_id) AND u.period_from = '2025-03-01'
          WHERE d.organization_id = $1 AND d.kind = 'invoice' AND jsonb_array_length(d.document -> 'discounts') > 0
            AND d.document #>> '{period,from}' = '2025-03-01'
          ORDER BY d.series_number`,
        [organizationId],
      )
    ).rows.map(({ amount }) => Number(amount));

  test('another document took the rest before usage came late', async () => {
    const acme = await createWorld(owner, worker, setup);
    await acme.calls(HOUR, { '': 100 });
    await acme.bill('2025-03');
    await subscribe(acme);
    await acme.bill('2025-03');
    expect(await taken(acme)).toEqual([10, 2]);
    // Both count these calls: 15.00 each, and of the coupon there is no more than there was.
    await acme.calls(HOUR, { '': 150 });
    const made = await acme.look('2025-04-03', { alone: true });
    expect(made.flatMap(linesOf)).toEqual(['adjustment of usage calls 3.00', 'adjustment of usage calls 7.00']);
    expect(await taken(acme)).toEqual([12, 0]);
  });

  test('two are corrected in one batch: the older one has first what there is, whichever way usage went', async () => {
    const acme = await createWorld(owner, worker, setup);
    await acme.calls(HOUR, { '': 50 });
    await acme.bill('2025-03');
    await subscribe(acme);
    await acme.bill('2025-03');
    const late = async (calls: number, day: string) => {
      await acme.calls(HOUR, { '': calls });
      await acme.look(day, { alone: true });
      return taken(acme);
    };
    expect(await taken(acme)).toEqual([5, 5]);
    expect(await late(90, '2025-04-03')).toEqual([9, 3]);
    expect(await late(30, '2025-04-04')).toEqual([3, 3]);
    expect(await late(90, '2025-04-05')).toEqual([9, 3]);
    expect(await late(200, '2025-04-06')).toEqual([12, 0]);
  });

  test('a document that falls due in the batch of a correction has what that leaves', async () => {
    const acme = await createWorld(owner, worker, setup);
    await acme.calls(HOUR, { '': 80 });
    await acme.bill('2025-03');
    await subscribe(acme);
    await acme.calls(HOUR, { '': 110 });
    await acme.bill('2025-03');
    expect(await taken(acme)).toEqual([11, 1]);
  });

  test('somebody takes the rest between the look at what is late and the lock: it is looked at again', async () => {
    const acme = await createWorld(owner, worker, setup);
    await acme.calls('2025-02-10T12:00:00Z', { '': 300 });
    const [other] = await acme.bill('2025-02');
    await acme.calls(HOUR, { '': 80 });
    await acme.bill('2025-03');
    await acme.calls(HOUR, { '': 200 });
    let looks = 0;
    const checkpoint = async (step: string) => {
      if (step !== 'collected' || ++looks > 1) return;
      await owner.query(
        `INSERT INTO discount_uses (organization_id, discount_id, invoice_id, period_from, period_to, amount)
         SELECT organization_id, id, $2, '2025-03-01', '2025-04-01', 4 FROM discounts WHERE organization_id = $1`,
        [acme.organizationId, other?.id],
      );
    };
    const made = await acme.bill('2025-04', { checkpoint });
    expect(made.flatMap(linesOf)).toContain('adjustment of usage calls 12.00');
    expect(await taken(acme)).toEqual([8]);
  });

  test.each([
    [{ percent: '50' }, '10.00'],
    [{ amount: '12' }, '10.00'],
  ])('a coupon for one period that went to the next one is not taken twice: %j', async (coupon, whole) => {
    const acme = await createWorld(owner, worker, { ...setup, coupons: [coupon] });
    await owner.query(`UPDATE discounts SET duration = 'once' WHERE organization_id = $1`, [acme.organizationId]);
    await acme.calls(HOUR, { '': 80 });
    await acme.bill('2025-03');
    await acme.calls(HOUR, {});
    await acme.look('2025-04-03', { alone: true });
    await acme.calls('2025-04-10T12:00:00Z', { '': 40 });
    await acme.bill('2025-04');
    await acme.calls(HOUR, { '': 100 });
    const made = await acme.look('2025-05-03', { alone: true });
    expect(made.flatMap(linesOf)).toEqual([`adjustment of usage calls ${whole}`]);
    expect(await taken(acme)).toEqual([0]);
  });
});
