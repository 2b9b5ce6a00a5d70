import { expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { createWorld, linesOf } from '#tests/support/late.ts';
import { regenerateInvoice } from './regenerate-invoice.ts';

const { owner, worker } = await billingDatabase();

/** The pool, with something that happens before its second transaction begins. */
function between(pool: Pool, happens: () => Promise<unknown>): Pool {
  let connections = 0;
  const connect = async () => {
    connections += 1;
    if (connections === 2) await happens();
    return pool.connect();
  };
  return { connect } as unknown as Pool;
}

test('late usage that is billed elsewhere while an invoice is issued anew is billed once', async () => {
  const acme = await createWorld(owner, worker, {
    charges: (meterId) => [{ key: 'calls', meterId, price: { model: 'per_unit', unit_amount: '0.10' } }],
  });
  const hour = '2025-03-10T12:00:00Z';
  await acme.calls(hour, { '': 100 });
  const [march] = await acme.bill('2025-03');
  await acme.calls(hour, { '': 150 });
  const regenerate = (pool: Pool) =>
    regenerateInvoice(pool, {
      organizationId: acme.organizationId,
      invoiceId: march?.id as string,
      reason: 'r',
      requestedBy: 'test',
      clock: () => Date.parse('2025-05-02T06:00:00Z'),
    });
  // It has read 150 calls and nobody else who bills them.
  await expect(regenerate(between(worker, () => acme.bill('2025-04')))).rejects.toThrow('try again');
  expect(Object.values(await acme.account('2025-03'))).toEqual(['15']);
  const again = await regenerate(worker);
  if (again.status !== 'regenerated') throw new Error(again.status);
  expect(linesOf(again.invoice.document)).toEqual(['usage calls 15.00', 'adjustment of usage calls -5.00']);
  expect(Object.values(await acme.account('2025-03'))).toEqual(['15']);
});
