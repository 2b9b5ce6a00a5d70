import { expect, test } from '@jest/globals';
import { bill } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { expectWholeRun, putWholeRun } from '#tests/support/whole-run.ts';

const { owner, worker, fixture } = await billingDatabase();

test('a plan that changes in mid run: who was read before is billed by the old one, who comes after by the new one', async () => {
  const organizationId = await putWholeRun(owner, 9);
  const dear = await fixture.plan(organizationId, [{ key: 'fee', price: { model: 'flat', amount: '99' } }]);
  let changed = false;
  const checkpoint = async (step: string) => {
    if (step !== 'collected' || changed) return;
    changed = true;
    await owner.query('UPDATE subscription_changes SET plan_id = $2 WHERE organization_id = $1', [
      organizationId,
      dear,
    ]);
  };
  expect(await bill(owner, worker, organizationId, { chunkSize: 3, checkpoint })).toMatchObject({ invoicesCreated: 9 });
  const totals = (await fixture.documents(organizationId)).map(({ document }) => document.total);
  expect(totals).toEqual([...Array(3).fill('12.00'), ...Array(6).fill('99.00')]);
});

test('a clock that goes back by a day with every look: one chain, and dates do not fall', async () => {
  const organizationId = await putWholeRun(owner, 12);
  let looks = 0;
  const clock = () => Date.parse('2026-01-03T12:00:00Z') - 86_400_000 * looks++;
  expect(await bill(owner, worker, organizationId, { chunkSize: 2, clock })).toMatchObject({ invoicesCreated: 12 });
  await expectWholeRun(owner, organizationId, 12);
});

test('a clock that leaps to the next year in mid run: the rest is of that year', async () => {
  const organizationId = await putWholeRun(owner, 8);
  await owner.query(`UPDATE organizations SET numbering = numbering || '{"reset": "never"}' WHERE id = $1`, [
    organizationId,
  ]);
  let chunks = 0;
  const checkpoint = async (step: string) => {
    if (step === 'finalized') chunks += 1;
  };
  const clock = () => Date.parse(chunks < 2 ? '2025-12-31T23:59:59Z' : '2026-01-01T00:00:01Z');
  await bill(owner, worker, organizationId, { chunkSize: 2, clock, checkpoint });
  await expectWholeRun(owner, organizationId, 8);
  const years = (await fixture.documents(organizationId)).map(({ document }) => document.issue_date.slice(0, 4));
  expect(new Set(years)).toEqual(new Set(['2025', '2026']));
});
