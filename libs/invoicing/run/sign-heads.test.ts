import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { inOrganization, inTransaction } from '#libs/database/transaction.ts';
import { bill, billingFixture, HOUR_IN_PAST_MONTH, NEXT_MONTH } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { headFault } from '../chain/head-fault.ts';
import { readSigningKey } from '../chain/read-signing-key.ts';
import { selectChainHeads } from '../store/select-chain-heads.ts';
import { signHeads } from './sign-heads.ts';

const { database, owner, worker } = await billingDatabase();

const newKey = () =>
  readSigningKey(String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })));
const AT = Date.parse('2026-11-21T12:00:00.123Z');
const headsOf = (organizationId: number) =>
  inOrganization(database.pool('tollbook_api'), organizationId, (tx) =>
    selectChainHeads(tx, organizationId, { after: undefined, limit: 100 }),
  );

async function billed(customers: number): Promise<number> {
  const fixture = billingFixture(owner);
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const plan = await fixture.simplePlan(organizationId, meterId);
  for (let n = 1; n <= customers; n += 1) {
    await fixture.simpleCustomer(organizationId, `c${n}`, plan);
    await fixture.usage(organizationId, meterId, `c${n}`, HOUR_IN_PAST_MONTH, '100');
  }
  await bill(owner, worker, organizationId);
  return organizationId;
}

describe('signHeads', () => {
  test('signs what each series ends with, once, and keeps the keys that signed before', async () => {
    const [one, other] = [await billed(3), await billed(1)];
    const first = newKey();
    expect(await signHeads(worker, first, () => AT)).toEqual({ signed: 2, refused: [] });
    expect(await signHeads(worker, first, () => AT + 1)).toEqual({ signed: 0, refused: [] });
    const documents = await billingFixture(owner).documents(one);
    expect(await headsOf(one)).toEqual([
      {
        organization: one,
        series: documents[2].series,
        issue_date: documents[2].issue_date,
        series_number: 3,
        hash: documents[2].hash.toString('hex'),
        signed_at: '2026-11-21T12:00:00.123Z',
        key_id: first.id,
        signature: expect.any(String),
        publicKey: first.publicKey,
      },
    ]);

    await bill(owner, worker, one, {}, NEXT_MONTH);
    const second = newKey();
    expect(await signHeads(worker, second, () => AT + 5000)).toMatchObject({ signed: 1 });
    const heads = await headsOf(one);
    expect(heads.map((head) => [head.series_number, head.key_id, headFault(head, head.publicKey)])).toEqual([
      [6, second.id, null],
      [3, first.id, null],
    ]);
    const { rows } = await owner.query(
      'SELECT organization_id, id, retired_at IS NULL AS signs FROM signing_keys ORDER BY organization_id, created_at',
    );
    expect(rows).toEqual([
      { organization_id: one, id: first.id, signs: false },
      { organization_id: one, id: second.id, signs: true },
      // Nothing of this one was signed by the second yet.
      { organization_id: other, id: first.id, signs: true },
    ]);
    expect((await headsOf(other)).map((head) => head.organization)).toEqual([other]);
  });

  test('two that sign at once sign once', async () => {
    const organizationId = await billed(1);
    const results = await Promise.all([1, 2, 3, 4].map((n) => signHeads(worker, newKey(), () => AT + n)));
    expect(results.map(({ signed }) => signed).sort()).toEqual([0, 0, 0, 1]);
    const [head] = await headsOf(organizationId);
    expect(head && headFault(head, head.publicKey)).toBeNull();
  });

  test('a series whose last document was touched is not signed, and told', async () => {
    const organizationId = await billed(2);
    await inTransaction(owner, async (tx) => {
      await tx.query("SET LOCAL session_replication_role = 'replica'");
      await tx.query(`UPDATE invoices SET hash = sha256('x') WHERE organization_id = $1 AND series_number = 2`, [
        organizationId,
      ]);
    });
    expect(await signHeads(worker, newKey(), () => AT)).toMatchObject({
      signed: 0,
      refused: [{ organizationId, number: 2 }],
    });
    expect(await headsOf(organizationId)).toEqual([]);
  });
});
