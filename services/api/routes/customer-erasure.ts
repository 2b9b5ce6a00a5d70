import { z } from 'zod';
import { localDateAt } from '#libs/catalog/billing-period.ts';
import type { Customer } from '#libs/catalog/customer-schema.ts';
import { erasableFrom } from '#libs/catalog/erasable-from.ts';
import { eraseCustomer } from '#libs/catalog/store/erase-customer.ts';
import { lockCustomer } from '#libs/catalog/store/lock-customer.ts';
import { lockCustomerNames } from '#libs/catalog/store/lock-customer-names.ts';
import { replaceAliases } from '#libs/catalog/store/replace-aliases.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { selectOrganization } from '#libs/catalog/store/select-organization.ts';
import { selectUnfinishedSubscription } from '#libs/catalog/store/select-unfinished-subscription.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { deleteDraftsOf } from '#libs/invoicing/store/delete-drafts-of.ts';
import { eraseTraces } from '#libs/invoicing/store/erase-traces.ts';
import { lockInvoicesOf } from '#libs/invoicing/store/lock-invoices-of.ts';
import { selectLastIssued } from '#libs/invoicing/store/select-last-issued.ts';
import { selectUsedNames } from '#libs/metering/store/select-used-names.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { idSchema, timeSchema } from '../fields.ts';

const erasureAnswer = z.object({
  id: idSchema,
  key: z.string(),
  erased_at: timeSchema,
  kept_names: z
    .array(z.string())
    .describe('The key, and aliases under which usage came in: usage goes on bearing them'),
});

const present = ({ id, key, aliases, erasedAt }: Customer): z.infer<typeof erasureAnswer> => ({
  id,
  key,
  erased_at: (erasedAt as Date).toISOString(),
  kept_names: [key, ...aliases],
});

export function customerErasureRoutes({ pool, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/customers/{key}/erase',
      scope: 'admin',
      area: 'organization',
      summary: 'Remove the personal data of a customer for good, once its documents need not be kept any more',
      response: erasureAnswer,
      async handler({ organizationId, clockOffset, params: { key } }) {
        return {
          body: present(
            await inOrganization(pool, organizationId, (tx) => erase(tx, organizationId, key, now() + clockOffset)),
          ),
        };
      },
    }),
  ];
}

/**
 * In one transaction, so that it is done whole or not at all; a second time it changes nothing. Locks names, then documents, then the customer,
 * like those who correct documents: nobody can issue one, or keep a page of one, that shows what is erased here.
 */
async function erase(tx: Transaction, organizationId: number, key: string, now: number): Promise<Customer> {
  await lockCustomerNames(tx, organizationId);
  const found = await selectCustomerByKey(tx, organizationId, key);
  if (!found) throw new ApiError('not_found', `There is no customer "${key}".`);
  if (found.erasedAt !== null) return found;
  await lockInvoicesOf(tx, organizationId, found.id);
  await lockCustomer(tx, organizationId, found.id);
  await refuseTooEarly(tx, organizationId, found, now);
  const used = await selectUsedNames(tx, organizationId, found.aliases);
  await replaceAliases(tx, organizationId, key, used);
  const drafts = await deleteDraftsOf(tx, organizationId, found.id);
  const erased = await eraseCustomer(tx, organizationId, found.id, new Date(now));
  await eraseTraces(tx, organizationId, found.id);
  await insertOutbox(
    tx,
    ...drafts.map((id) => ({ organizationId, type: 'invoice.draft_deleted', subject: id, data: { id } })),
    { organizationId, type: 'customer.erased', subject: erased.id, data: present(erased) },
  );
  return erased;
}

/** @throws ApiError while it is billed, or its documents must be kept */
async function refuseTooEarly(
  tx: Transaction,
  organizationId: number,
  { id, key }: Customer,
  now: number,
): Promise<void> {
  const { timeZone, retentionYears } = await selectOrganization(tx, organizationId);
  const today = localDateAt(now, timeZone);
  const unfinished = await selectUnfinishedSubscription(tx, organizationId, id, today);
  if (unfinished !== null)
    throw new ApiError(
      'customer_in_use',
      `Customer "${key}" has subscription ${unfinished}, which has not ended or is not billed to its end: cancel it and wait until it is billed.`,
    );
  const lastIssued = await selectLastIssued(tx, organizationId, id);
  const from = lastIssued === null ? today : erasableFrom(lastIssued, retentionYears);
  if (today < from)
    throw new ApiError(
      'retention_not_over',
      `The newest document of customer "${key}" is of ${lastIssued} and is kept for ${retentionYears} years after that one ends (retention_years of the organization): it can be erased from ${from} on.`,
    );
}
