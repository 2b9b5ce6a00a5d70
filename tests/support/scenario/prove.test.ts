import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callsOf, feeOf, planOf } from './plans.ts';
import { prove } from './prove.ts';
import { type Story, startStory } from './story.ts';

/* What every story must keep is noticed when it is not kept. */

let story: Story;

beforeAll(async () => {
  story = await startStory('2024-01-01T09:00:00Z');
  await story.meter();
  await story.plan(planOf('pro', [feeOf('31'), callsOf()]));
  await story.customer('acme');
  await story.subscribe('acme', 'pro', '2024-01-01');
  await story.use('acme', '2024-01-01T10:00:00Z', '5');
  await story.until('2024-02-02T09:00:00Z');
});
afterAll(() => story?.stop());

test('nothing to find', () => prove(story));

test('an event that is billed and was not sent', async () => {
  await expect(prove({ ...story, used: [] })).rejects.toThrow('"INV-2024-000002"');
});

test('a price that is not the plan’s', async () => {
  const plans = [planOf('pro', [feeOf('31'), callsOf('0.02')])];
  await expect(prove({ ...story, plans })).rejects.toThrow('"INV-2024-000002"');
});

test('a day that is not billed', async () => {
  const { rows } = await story.api.owner.query(
    `UPDATE billed_units SET service_from = service_from + interval '1 day' WHERE kind = 'usage' RETURNING charge_key`,
  );
  expect(rows).toHaveLength(1);
  await expect(prove(story)).rejects.toThrow('"2024-01-01"');
  await story.api.owner.query(
    `UPDATE billed_units SET service_from = service_from - interval '1 day' WHERE kind = 'usage'`,
  );
});

test('a run that issues something else than was previewed', async () => {
  await story.until('2024-03-01T09:00:00Z');
  const get = story.api.owner.query.bind(story.api.owner);
  // Between preview and run more is put in than the preview saw.
  await get(`CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE usage_hourly SET total = total + 1, hour = '2024-02-10T00:00:00Z'; RETURN NEW; END $$`);
  await get('CREATE TRIGGER more AFTER UPDATE ON billing_runs FOR EACH ROW EXECUTE FUNCTION more()');
  await get('ALTER FUNCTION more() SECURITY DEFINER');
  await expect(story.until('2024-03-02T09:00:00Z')).rejects.toThrow('toEqual');
});
