import { beforeEach, describe, expect, test } from '@jest/globals';
import { inTransaction } from '#libs/database/transaction.ts';
import { bill, runDependencies } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { selectBillingRun } from '../store/select-billing-run.ts';
import { runBilling } from './run-billing.ts';

const { owner, worker, fixture } = await billingDatabase();
let organizationId: number;
let offset = 0;

beforeEach(async () => {
  organizationId = await fixture.organization();
  const planId = await fixture.simplePlan(organizationId, await fixture.meter(organizationId));
  await fixture.simpleCustomer(organizationId, 'acme', planId);
});

async function letter(eventTime: string | null, receivedAt = '2025-03-10T00:00:00Z'): Promise<string> {
  offset += 1;
  const { rows } = await owner.query(
    `INSERT INTO dead_letters (organization_id, log_epoch, log_partition, log_offset, received_at, event_time, reason, detail, record)
     VALUES ($1, 1, 0, $2, $3, $4, 'malformed', 'x', '\\x00') RETURNING id`,
    [organizationId, offset, receivedAt, eventTime],
  );
  return rows[0].id;
}

const read = ({ id }: BillingRun) => inTransaction(owner, (tx) => selectBillingRun(tx, organizationId, id));
const settle = (id: string, column: 'replayed_at' | 'discarded_at') =>
  owner.query(`UPDATE dead_letters SET ${column} = clock_timestamp() WHERE id = $1`, [id]);

describe('counted on the run', () => {
  test.each([
    ['in the period', '2025-03-01T00:00:00Z', undefined, 1],
    ['the instant before it', '2025-02-28T23:59:59Z', undefined, 0],
    ['its last instant', '2025-03-31T23:59:59.999Z', undefined, 1],
    ['its end', '2025-04-01T00:00:00Z', undefined, 0],
    ['arrived later', '2025-03-05T00:00:00Z', '2025-04-20T00:00:00Z', 1],
    ['without a time, arrived in it', null, '2025-03-31T00:00:00Z', 1],
    ['without a time, arrived later', null, '2025-04-02T00:00:00Z', 0],
  ])('%s', async (_name, eventTime, receivedAt, expected) => {
    await letter(eventTime, receivedAt);
    const run = await bill(owner, worker, organizationId);
    expect(run).toMatchObject({ state: 'completed', invoicesCreated: 1, deadLetters: expected });
  });

  test('not those that were replayed or discarded, nor those of others', async () => {
    await settle(await letter('2025-03-05T00:00:00Z'), 'replayed_at');
    await settle(await letter('2025-03-05T00:00:00Z'), 'discarded_at');
    const own = organizationId;
    organizationId = await fixture.organization();
    await letter('2025-03-05T00:00:00Z');
    organizationId = own;
    expect(await bill(owner, worker, organizationId)).toMatchObject({ deadLetters: 0 });
  });
});

describe('where they block', () => {
  beforeEach(() => owner.query("UPDATE organizations SET dead_letters = 'block' WHERE id = $1", [organizationId]));

  test('the run waits with the reason, and bills nothing, until each is replayed or discarded', async () => {
    const [one, other] = [await letter('2025-03-05T00:00:00Z'), await letter(null)];
    await letter('2025-05-05T00:00:00Z');
    const run = await fixture.queue(organizationId);
    const look = () => runBilling(runDependencies(worker), organizationId, run.id);
    for (const [settled, left] of [
      [null, 2],
      [one, 1],
    ] as const) {
      if (settled) await settle(settled, 'discarded_at');
      expect(await look()).toBeNull();
      expect(await read(run)).toMatchObject({
        state: 'waiting',
        stateReason: expect.stringContaining(`could not be counted: ${left}.`),
        barrier: null,
      });
    }
    expect(await fixture.documents(organizationId)).toEqual([]);
    await settle(other, 'discarded_at');
    expect(await look()).toMatchObject({ state: 'completed', stateReason: null, invoicesCreated: 1, deadLetters: 0 });
  });

  test('what is replayed while the run waits for the log is waited for, too', async () => {
    const id = await letter('2025-03-05T00:00:00Z');
    const run = await fixture.queue(organizationId);
    await fixture.applied({ 0: 10 });
    const ends: bigint[] = [];
    let end = 10n;
    const logEnd = async () => {
      ends.push(end);
      return new Map([[0, end]]);
    };
    const checkpoint = async (step: string) => {
      // Behind the barrier: the record lies at offset 10, which the barrier does not cover.
      if (step !== 'barrier_noted' || ends.length > 1) return;
      end = 11n;
      await settle(id, 'replayed_at');
    };
    const look = () => runBilling(runDependencies(worker, { logEnd, checkpoint }), organizationId, run.id);
    expect(await look()).toBeNull();
    expect(await read(run)).toMatchObject({ state: 'waiting', barrier: null });
    await fixture.applied({ 0: 11 });
    expect(await look()).toMatchObject({ state: 'completed', deadLetters: 0 });
    expect(ends).toEqual([10n, 11n]);
  });

  test('a dry run tells and does not wait', async () => {
    await letter('2025-03-05T00:00:00Z');
    const run = await fixture.queue(organizationId);
    await owner.query('UPDATE billing_runs SET dry_run = true WHERE id = $1', [run.id]);
    expect(await runBilling(runDependencies(worker), organizationId, run.id)).toMatchObject({
      state: 'completed',
      invoicesCreated: 1,
      deadLetters: 1,
    });
  });
});
