import { expect } from '@jest/globals';
import { inTransaction } from '#libs/database/transaction.ts';
import { selectParked } from '#libs/invoicing/store/select-parked.ts';
import { bill, type ChangeInput, type ChargeInput, type SubscriptionInput } from './billing.ts';
import type { BillingDatabase } from './billing-database.ts';

export const flat = (amount: string) => ({ model: 'flat', amount });
export const each = (unit_amount: string) => ({ model: 'per_unit', unit_amount });
export const inAdvance = (key: string, amount: string, terms = {}): ChargeInput => ({
  key,
  price: flat(amount),
  terms: { billing: 'in_advance', ...terms },
});
export const seats = (unitAmount: string, terms = {}): ChargeInput => ({
  key: 'seats',
  price: each(unitAmount),
  terms: { quantity: 'seats', ...terms },
});

/** A customer on a plan of such charges, in an organization of its own; `usage` counts calls. */
export async function subscribed(
  { owner, worker, fixture }: Pick<BillingDatabase, 'owner' | 'worker' | 'fixture'>,
  charges: (meterId: number) => readonly ChargeInput[],
  term: SubscriptionInput,
  plan: { interval?: string; minimumAmount?: string } = {},
) {
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  const planId = await fixture.plan(organizationId, charges(meterId), 'EUR', plan);
  const customerId = await fixture.customer(organizationId, 'acme');
  const id = await fixture.subscription(organizationId, customerId, planId, term);
  return {
    organizationId,
    id,
    change: (change: ChangeInput) => fixture.change(organizationId, id, change),
    usage: (day: string, total: string) => fixture.usage(organizationId, meterId, 'acme', `${day}T12:00:00Z`, total),
    newPlan: (more: readonly ChargeInput[], terms: { minimumAmount?: string } = {}) =>
      fixture.plan(organizationId, more, 'EUR', terms),
    end: (endsOn: string) => owner.query('UPDATE subscriptions SET ends_on = $2 WHERE id = $1', [id, endsOn]),
    /** Everything that falls due after one day and not after the other, with what was parked. */
    async bill(endsAfter: string, endsUntil: string) {
      const run = await bill(owner, worker, organizationId, {}, { endsAfter, endsUntil });
      expect(await inTransaction(owner, (tx) => selectParked(tx, organizationId, run.id))).toEqual([]);
      return run;
    },
    /** 'kind total: charge from–to amount, …', in the order of their numbers, invoices first. */
    async documents(): Promise<string[]> {
      const rows = await fixture.documents(organizationId);
      return ['invoice', 'credit_note']
        .flatMap((kind) => rows.filter((row) => row.kind === kind))
        .map(({ document, total }) => {
          const lines = document.lines.map(
            (line: Record<string, string>) =>
              `${line.kind === 'minimum' ? 'minimum' : line.charge_key || 'plan'} ${line.service_from?.slice(5, 10)}/${line.service_to?.slice(5, 10)} ${line.amount}`,
          );
          return `${document.kind === 'invoice' ? '' : 'credit '}${total}: ${lines.join(', ')}`;
        });
    },
  };
}
