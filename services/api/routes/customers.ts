import { z } from 'zod';
import { type Customer, customerChangeSchema, customerSchema } from '#libs/catalog/customer-schema.ts';
import { readableFields } from '#libs/catalog/readable-fields.ts';
import { insertCustomer } from '#libs/catalog/store/insert-customer.ts';
import { listCustomers } from '#libs/catalog/store/list-customers.ts';
import { lockCustomerNames } from '#libs/catalog/store/lock-customer-names.ts';
import { replaceAliases } from '#libs/catalog/store/replace-aliases.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { type NameOwner, selectNameOwners } from '#libs/catalog/store/select-name-owners.ts';
import { updateCustomer } from '#libs/catalog/store/update-customer.ts';
import { taxTreatmentSchema, treatmentFaults } from '#libs/catalog/tax-treatment.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError, type FieldError, invalidFields } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { selectUsedNames } from '#libs/metering/store/select-used-names.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { checkTaxRates, findTaxRateFaults } from '../check-tax-rates.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema, named, timeSchema } from '../fields.ts';
import { refuseErased } from '../refuse-erased.ts';

const customerAnswer = z.object({
  id: idSchema,
  key: z.string(),
  aliases: z.array(z.string()).describe('Other names under which events name it'),
  name: z.string(),
  email: z.string().nullable(),
  address_lines: z.array(z.string()),
  tax_id: z.string().nullable(),
  tax_treatment: taxTreatmentSchema,
  tax_treatment_reason: z.string().nullable(),
  tax_rates: z.array(z.string()).nullable().describe('Keys; null: those of the organization'),
  grace_minutes: z.int().nullable().describe('Null: as the organization says'),
  payment_terms_days: z.int().nullable().describe('Null: as the organization says'),
  time_zone: z.string(),
  created_at: timeSchema,
  erased_at: timeSchema.nullable().describe('When its personal data was removed'),
});

const present = (customer: Customer): z.infer<typeof customerAnswer> => ({
  id: customer.id,
  key: customer.key,
  aliases: [...customer.aliases],
  name: customer.name,
  email: customer.email,
  address_lines: [...customer.addressLines],
  tax_id: customer.taxId,
  tax_treatment: customer.taxTreatment,
  tax_treatment_reason: customer.taxTreatmentReason,
  tax_rates: customer.taxRates && [...customer.taxRates],
  grace_minutes: customer.graceMinutes,
  payment_terms_days: customer.paymentTermsDays,
  time_zone: customer.timeZone,
  created_at: customer.createdAt.toISOString(),
  erased_at: customer.erasedAt?.toISOString() ?? null,
});

/** What a body holds in the words of the store, but for key and aliases. */
const fieldsOf = <Body extends z.infer<typeof customerSchema> | z.infer<typeof customerChangeSchema>>(body: Body) => ({
  name: body.name as Body['name'],
  email: body.email as Body['email'],
  addressLines: body.address_lines as Body['address_lines'],
  taxId: body.tax_id as Body['tax_id'],
  taxTreatment: body.tax_treatment as Body['tax_treatment'],
  taxTreatmentReason: body.tax_treatment_reason as Body['tax_treatment_reason'],
  taxRates: body.tax_rates as Body['tax_rates'],
  graceMinutes: body.grace_minutes as Body['grace_minutes'],
  paymentTermsDays: body.payment_terms_days as Body['payment_terms_days'],
  timeZone: body.time_zone as Body['time_zone'],
});

/** With what a change names. Back on the standard treatment the reason goes, unless one is named, which is a fault. */
function changed(before: Customer, change: z.infer<typeof customerChangeSchema>): Customer {
  const isBack = change.tax_treatment === 'standard' && change.tax_treatment_reason === undefined;
  return { ...before, ...named(fieldsOf(change)), ...(isBack && { taxTreatmentReason: null }) };
}

const treatmentFaultsOf = ({ taxTreatment, taxTreatmentReason, taxId }: Customer): FieldError[] =>
  treatmentFaults(taxTreatment, taxTreatmentReason, taxId).map(({ field, detail }) => ({
    pointer: `/${field}`,
    code: 'invalid_value',
    detail,
  }));

/** What else is wrong with a change that its schema refused. The body may be anything. */
async function changeFaultsOfRefused(
  tx: Transaction,
  organizationId: number,
  key: string,
  body: unknown,
): Promise<FieldError[]> {
  const change = readableFields(customerChangeSchema, body);
  const before = await selectCustomerByKey(tx, organizationId, key);
  // What asks for a field that is named and cannot be read is not told: its own fault is.
  const isCertain = (['tax_treatment', 'tax_treatment_reason', 'tax_id'] as const).every(
    (field) => Object.hasOwn(change, field) || (body as Record<string, unknown> | null)?.[field] === undefined,
  );
  return [
    ...(before && isCertain ? treatmentFaultsOf(changed(before, change)) : []),
    ...(await findTaxRateFaults(tx, organizationId, change.tax_rates)),
  ];
}

const noSuchCustomer = (key: string) => new ApiError('not_found', `There is no customer "${key}".`);

const keyTaken = ({ name, customerKey }: NameOwner): string =>
  name === customerKey
    ? `There is a customer "${name}" already.`
    : `"${name}" is an alias of customer "${customerKey}": take it from that one first.`;

/** Under the lock on names. @throws ApiError when one of them means another customer */
async function giveAliases(
  tx: Transaction,
  organizationId: number,
  key: string,
  aliases: readonly string[],
): Promise<void> {
  const owners = await selectNameOwners(tx, organizationId, aliases);
  const taken = owners.filter(({ name, customerKey }) => name === customerKey || customerKey !== key);
  refuseAliases(
    'alias_taken',
    aliases,
    taken.map(({ name, customerKey }) => ({
      name,
      detail:
        name === customerKey
          ? `"${name}" is the key of a customer, so its events are that customer's.`
          : `"${name}" is an alias of customer "${customerKey}": take it from that one first.`,
    })),
  );
  await replaceAliases(tx, organizationId, key, aliases);
}

function refuseAliases(
  code: 'alias_taken' | 'alias_in_use',
  aliases: readonly string[],
  refused: readonly { readonly name: string; readonly detail: string }[],
): void {
  if (refused.length === 0) return;
  const errors = refused
    .map(({ name, detail }) => ({ place: aliases.indexOf(name), detail }))
    .sort((one, other) => one.place - other.place)
    // One that is taken away stands nowhere in the list.
    .map(({ place, detail }) => ({ pointer: place < 0 ? '/aliases' : `/aliases/${place}`, code, detail }));
  throw new ApiError(code, errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' '), { errors });
}

/**
 * What was billed under a name can never come to belong to somebody else, or it would be billed again.
 * @throws ApiError when usage came in under an alias that is to be taken away
 */
async function keepUsedAliases(
  tx: Transaction,
  organizationId: number,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const dropped = before.filter((alias) => !after.includes(alias));
  const used = await selectUsedNames(tx, organizationId, dropped);
  refuseAliases(
    'alias_in_use',
    after,
    used.map((name) => ({
      name,
      detail: `must keep "${name}": usage came in under it, and moving it could bill that twice. To correct single events, amend their customer.`,
    })),
  );
}

export function customerRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/customers',
      scope: 'write',
      summary: 'Create a customer',
      body: customerSchema,
      moreFaults: ({ organizationId, body }) =>
        inOrganization(pool, organizationId, (tx) =>
          findTaxRateFaults(tx, organizationId, readableFields(customerSchema, body).tax_rates),
        ),
      response: customerAnswer,
      status: 201,
      async handler({ organizationId, body }) {
        const { aliases } = body;
        const customer = await inOrganization(pool, organizationId, async (tx) => {
          await checkTaxRates(tx, organizationId, body.tax_rates);
          await lockCustomerNames(tx, organizationId);
          const [owner] = await selectNameOwners(tx, organizationId, [body.key]);
          if (owner) throw new ApiError('already_exists', keyTaken(owner));
          const inserted = await insertCustomer(tx, organizationId, {
            id: newId(dependencies),
            key: body.key,
            ...fieldsOf(body),
          });
          if (!inserted) throw new ApiError('already_exists', `There is a customer "${body.key}" already.`);
          await giveAliases(tx, organizationId, body.key, aliases);
          const created = (await selectCustomerByKey(tx, organizationId, body.key)) as Customer;
          await insertOutbox(tx, {
            organizationId,
            type: 'customer.created',
            subject: created.id,
            data: present(created),
          });
          return created;
        });
        return { body: present(customer), headers: { Location: `/v1/customers/${encodeURIComponent(customer.key)}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers',
      scope: 'read',
      summary: 'List customers',
      query: z.strictObject(pageQuery),
      response: pageSchema(customerAnswer),
      async handler({ organizationId, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, idSchema) ?? null;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listCustomers(tx, organizationId, after, limit + 1),
        );
        return { body: pageOf(rows, limit, present, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{key}',
      scope: 'read',
      summary: 'One customer',
      response: customerAnswer,
      async handler({ organizationId, params: { key } }) {
        const customer = await inOrganization(pool, organizationId, (tx) =>
          selectCustomerByKey(tx, organizationId, key),
        );
        if (!customer) throw noSuchCustomer(key);
        return { body: present(customer) };
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/v1/customers/{key}',
      scope: 'write',
      matches: {
        async lock(tx, organizationId, { key }) {
          await lockCustomerNames(tx, organizationId);
          await selectCustomerByKey(tx, organizationId, key, true);
        },
      },
      summary: 'Change a customer; finalized documents and running subscriptions keep what they had',
      body: customerChangeSchema,
      moreFaults: ({ organizationId, params: { key }, body }) =>
        inOrganization(pool, organizationId, (tx) => changeFaultsOfRefused(tx, organizationId, key, body)),
      response: customerAnswer,
      async handler({ organizationId, params: { key }, body }) {
        const { aliases } = body;
        const customer = await inOrganization(pool, organizationId, async (tx) => {
          if (aliases) await lockCustomerNames(tx, organizationId);
          const before = await selectCustomerByKey(tx, organizationId, key, true);
          if (!before) throw noSuchCustomer(key);
          refuseErased(before);
          const wanted = changed(before, body);
          const faults = [
            ...treatmentFaultsOf(wanted),
            ...(await findTaxRateFaults(tx, organizationId, body.tax_rates)),
          ];
          if (faults.length > 0) throw invalidFields(faults);
          if (aliases) {
            await keepUsedAliases(tx, organizationId, before.aliases, aliases);
            await giveAliases(tx, organizationId, key, aliases);
          }
          const after = await updateCustomer(tx, organizationId, wanted);
          await insertOutbox(tx, { organizationId, type: 'customer.updated', subject: after.id, data: present(after) });
          return after;
        });
        return { body: present(customer) };
      },
    }),
  ];
}
