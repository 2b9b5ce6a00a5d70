import { z } from 'zod';
import { localDateAt } from '#libs/catalog/billing-period.ts';
import { dateSchema, slugSchema } from '#libs/catalog/fields.ts';
import { readableFields } from '#libs/catalog/readable-fields.ts';
import { endTaxRate } from '#libs/catalog/store/end-tax-rate.ts';
import { insertTaxRate } from '#libs/catalog/store/insert-tax-rate.ts';
import { listTaxRates } from '#libs/catalog/store/list-tax-rates.ts';
import { lockTaxRateKey } from '#libs/catalog/store/lock-tax-rate-key.ts';
import { selectOrganization } from '#libs/catalog/store/select-organization.ts';
import { selectTaxRates } from '#libs/catalog/store/select-tax-rates.ts';
import {
  doOverlap,
  holdsOn,
  isWithdrawn,
  type TaxRateEntry,
  taxRateEndSchema,
  taxRateSchema,
} from '#libs/catalog/tax-rate-schema.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError, type FieldError, invalidField, invalidFields } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema, timeSchema } from '../fields.ts';
import { findChargeFaults } from '../find-charge-faults.ts';

const taxRateAnswer = z.object({
  id: idSchema.describe('Of this entry'),
  key: z.string(),
  name: z.string(),
  percent: z.string(),
  inclusive: z.boolean(),
  charges: z.array(z.string()).nullable().describe('Keys of the charges it is for; null: all'),
  valid_from: z.iso.date(),
  valid_to: z.iso.date().nullable().describe('First day on which it holds no more; null: open'),
  created_at: timeSchema,
});

type Answer = z.infer<typeof taxRateAnswer>;

const present = (entry: TaxRateEntry): Answer => ({
  id: entry.id,
  key: entry.key,
  name: entry.name,
  percent: entry.percent,
  inclusive: entry.inclusive,
  charges: entry.charges && [...entry.charges],
  valid_from: entry.validFrom,
  valid_to: entry.validTo,
  created_at: entry.createdAt.toISOString(),
});

const noSuchRate = (key: string, more = '') => new ApiError('not_found', `There is no tax rate "${key}"${more}.`);

export function taxRateRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/tax-rates',
      scope: 'write',
      summary: 'Create a tax rate, or say what the rate with this key is in another time',
      body: taxRateSchema,
      moreFaults: ({ organizationId, body }) =>
        inOrganization(pool, organizationId, (tx) =>
          findChargeFaults(tx, organizationId, readableFields(taxRateSchema, body).charges),
        ),
      response: taxRateAnswer,
      status: 201,
      async handler({ organizationId, body }) {
        const entry = await inOrganization(pool, organizationId, (tx) =>
          create(tx, organizationId, body, newId(dependencies)),
        );
        return { body: entry, headers: { Location: `/v1/tax-rates/${entry.key}?on=${entry.valid_from}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/tax-rates',
      scope: 'read',
      summary: 'List all entries of all tax rates, ended and withdrawn ones too',
      query: z.strictObject({ ...pageQuery, key: slugSchema.optional().describe('Only of the rate with this key') }),
      response: pageSchema(taxRateAnswer),
      async handler({ organizationId, query: { limit, cursor, key } }) {
        const after = decodeCursor(cursor, idSchema) ?? null;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listTaxRates(tx, organizationId, key ?? null, after, limit + 1),
        );
        return { body: pageOf(rows, limit, present, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/tax-rates/{key}',
      scope: 'read',
      summary: 'A tax rate as it is on a day',
      query: z.strictObject({
        on: dateSchema.optional().describe("Today in the organization's time zone if left out"),
      }),
      response: taxRateAnswer,
      async handler({ organizationId, clockOffset, params: { key }, query }) {
        const { entries, today } = await inOrganization(pool, organizationId, async (tx) => ({
          entries: await selectTaxRates(tx, organizationId, [key]),
          today: localDateAt(now() + clockOffset, (await selectOrganization(tx, organizationId)).timeZone),
        }));
        const on = query.on ?? today;
        const entry = entries.find((one) => holdsOn(one, on));
        if (!entry) throw noSuchRate(key, entries.length === 0 ? '' : ` on ${on}, but on other days`);
        return { body: present(entry) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/tax-rates/{key}/end',
      scope: 'write',
      matches: {
        path: '/v1/tax-rates/{key}',
        query: (_params, { valid_from: on }) => ({ on }),
        lock: (tx, organizationId, { key }) => lockTaxRateKey(tx, organizationId, key),
      },
      summary: 'End or withdraw an entry of a tax rate; finalized documents keep it',
      body: taxRateEndSchema,
      response: taxRateAnswer,
      async handler({ organizationId, params: { key }, body }) {
        return { body: await inOrganization(pool, organizationId, (tx) => end(tx, organizationId, key, body)) };
      },
    }),
  ];
}

async function create(
  tx: Transaction,
  organizationId: number,
  input: z.infer<typeof taxRateSchema>,
  id: string,
): Promise<Answer> {
  const { key, valid_from: validFrom, valid_to: validTo = null } = input;
  await lockTaxRateKey(tx, organizationId, key);
  const entries = await selectTaxRates(tx, organizationId, [key]);
  const faults = [...sideFaults(input, entries), ...(await findChargeFaults(tx, organizationId, input.charges))];
  if (faults.length > 0) throw invalidFields(faults);
  const other = entries.find((entry) => doOverlap(entry, { validFrom, validTo }));
  if (other) {
    const until = other.validTo === null ? '' : ` until ${other.validTo}`;
    throw new ApiError(
      'tax_rates_overlap',
      `Tax rate "${key}" is ${other.percent} % from ${other.validFrom} on${until}: end that entry by POST /v1/tax-rates/${key}/end first.`,
    );
  }
  const { name, percent, inclusive, charges = null } = input;
  const presented = present(
    await insertTaxRate(tx, organizationId, { id, key, name, percent, inclusive, charges, validFrom, validTo }),
  );
  await insertOutbox(tx, { organizationId, type: 'tax_rate.created', subject: id, data: presented });
  return presented;
}

/** Customers name rates by their keys and are promised that these can stand on one bill: a key never changes sides. */
function sideFaults(
  { key, inclusive }: { readonly key: string; readonly inclusive: boolean },
  entries: readonly TaxRateEntry[],
): FieldError[] {
  const [first] = entries;
  if (!first || first.inclusive === inclusive) return [];
  const detail = `must be ${first.inclusive}, as in the other entries of "${key}": make a tax rate with another key`;
  return [{ pointer: '/inclusive', code: 'mixed_tax_rates', detail }];
}

async function end(
  tx: Transaction,
  organizationId: number,
  key: string,
  { valid_from: validFrom, valid_to: validTo }: z.infer<typeof taxRateEndSchema>,
): Promise<Answer> {
  await lockTaxRateKey(tx, organizationId, key);
  const entries = (await selectTaxRates(tx, organizationId, [key])).filter((entry) => !isWithdrawn(entry));
  const entry = validFrom === undefined ? entries.at(-1) : entries.find((one) => one.validFrom === validFrom);
  if (!entry) throw noSuchRate(key, validFrom === undefined ? '' : ` that begins on ${validFrom}`);
  if (validTo < entry.validFrom)
    throw invalidField('/valid_to', `must not be before ${entry.validFrom}, where the entry begins`);
  if (entry.validTo !== null && validTo > entry.validTo)
    throw invalidField(
      '/valid_to',
      `must not be after ${entry.validTo}, where the entry ends: create one for the time from there on`,
    );
  if (entry.validTo === validTo) return present(entry);
  const presented = present(await endTaxRate(tx, organizationId, entry.id, validTo));
  await insertOutbox(tx, { organizationId, type: 'tax_rate.ended', subject: entry.id, data: presented });
  return presented;
}
