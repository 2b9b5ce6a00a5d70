import { customerKeySchema } from '#libs/catalog/fields.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError, type FieldError, invalidFields } from '#libs/http/errors.ts';
import {
  type CreatedBillingRun,
  createBillingRun,
  type WantedBillingRun,
} from '#libs/invoicing/run/create-billing-run.ts';
import type { BillingRun } from '#libs/invoicing/store/billing-run-row.ts';
import { selectCustomerIds } from '#libs/invoicing/store/select-customer-ids.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { presentRun } from './present-billing-run.ts';

/** A run that names more is for all, or for several runs. */
export const MOST_CUSTOMERS = 1000;

/** Queues a run that was asked for. @throws ApiError when it cannot be billed yet, or is for customers that there are not */
export async function startBillingRun(tx: Transaction, wanted: WantedBillingRun): Promise<BillingRun> {
  const created = await createBillingRun(tx, wanted);
  if (created.status !== 'queued') throw refusal(created, wanted);
  await tellCreated(tx, created.run);
  return created.run;
}

export function tellCreated(tx: Transaction, run: BillingRun): Promise<void> {
  return insertOutbox(tx, {
    organizationId: run.organizationId,
    type: 'billing_run.created',
    subject: run.id,
    data: presentRun(run),
  });
}

function refusal(
  created: Exclude<CreatedBillingRun, { readonly status: 'queued' }>,
  { customers = [], endsAfter, endsUntil }: WantedBillingRun,
): ApiError {
  if (created.status === 'window_ahead')
    return new ApiError(
      'period_not_over',
      `Nobody has a period that ends after ${endsAfter} and not after ${endsUntil}, and that time is not over. Nothing was started.`,
    );
  if (created.status === 'period_not_over') {
    const { period, billableAt } = created.notOver;
    return new ApiError(
      'period_not_over',
      `The period ${period.from} to ${period.to} (${period.timeZone}) can be billed from ${billableAt} on, its end and the grace period. Nothing was started. To bill those that are over, name their customers.`,
    );
  }
  return invalidFields(created.places.map((place) => unknownAt(place, customers[place])));
}

/** Customers that a run which its schema refused names, and that are not there. The list may be anything. */
export async function unknownCustomersOfRefused(
  tx: Transaction,
  organizationId: number,
  customers: unknown,
): Promise<FieldError[]> {
  const named = (Array.isArray(customers) ? customers.slice(0, MOST_CUSTOMERS) : []).flatMap((key, place) =>
    customerKeySchema.safeParse(key).success ? [{ key: key as string, place }] : [],
  );
  const ids = await selectCustomerIds(
    tx,
    organizationId,
    named.map(({ key }) => key),
  );
  return named.filter(({ key }) => !ids.has(key)).map(({ key, place }) => unknownAt(place, key));
}

const unknownAt = (place: number, key: string | undefined): FieldError => ({
  pointer: `/customers/${place}`,
  code: 'unknown_customer',
  detail: `There is no customer "${key}".`,
});
