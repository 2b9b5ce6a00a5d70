import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError, type FieldError } from '#libs/http/errors.ts';
import {
  type CreatedBillingRun,
  createBillingRun,
  type WantedBillingRun,
} from '#libs/invoicing/run/create-billing-run.ts';
import type { BillingRun } from '#libs/invoicing/store/billing-run-row.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { presentRun } from './present-billing-run.ts';

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
  const errors = created.places.map(
    (place): FieldError => ({
      pointer: `/customers/${place}`,
      code: 'unknown_customer',
      detail: `There is no customer "${customers[place]}".`,
    }),
  );
  return new ApiError('invalid_request', errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' '), {
    errors,
  });
}
