import { z } from 'zod';
import {
  type ExchangeRateEntry,
  type ExchangeRateInput,
  exchangeRateSchema,
} from '#libs/catalog/exchange-rate-schema.ts';
import { dateSchema } from '#libs/catalog/fields.ts';
import { insertExchangeRate } from '#libs/catalog/store/insert-exchange-rate.ts';
import { listExchangeRates } from '#libs/catalog/store/list-exchange-rates.ts';
import { lockExchangeRate } from '#libs/catalog/store/lock-exchange-rate.ts';
import { selectExchangeRate } from '#libs/catalog/store/select-exchange-rate.ts';
import { selectRatesInForce } from '#libs/catalog/store/select-rates-in-force.ts';
import { withdrawExchangeRate } from '#libs/catalog/store/withdraw-exchange-rate.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { Big } from '#libs/money/decimal.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { currencySchema } from '#libs/pricing/charge-schema.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema, timeSchema, uuidParams } from '../fields.ts';

const rateAnswer = z.object({
  id: idSchema,
  from: z.string(),
  to: z.string(),
  rate: z.string().describe('What one unit of `from` costs in `to`'),
  date: z.iso.date(),
  source: z.string(),
  created_at: timeSchema,
  withdrawn_at: timeSchema.nullable().describe('null: in force'),
});

type Answer = z.infer<typeof rateAnswer>;

const present = ({ createdAt, withdrawnAt, ...entry }: ExchangeRateEntry): Answer => ({
  ...entry,
  created_at: createdAt.toISOString(),
  withdrawn_at: withdrawnAt?.toISOString() ?? null,
});

const listQuery = z.strictObject({
  ...pageQuery,
  from: currencySchema.optional(),
  to: currencySchema.optional(),
  date: dateSchema.optional(),
});

const noSuchRate = (id: string) => new ApiError('not_found', `There is no exchange rate ${id}.`);

export function exchangeRateRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/exchange-rates',
      scope: 'write',
      summary: 'Enter what one unit of a currency costs in another on a day',
      body: exchangeRateSchema,
      response: rateAnswer,
      status: 201,
      // It was there already.
      alsoStatus: [200],
      async handler({ organizationId, body }) {
        const { entry, status } = await inOrganization(pool, organizationId, (tx) =>
          enter(tx, organizationId, body, newId(dependencies)),
        );
        return { status, body: entry, headers: { Location: `/v1/exchange-rates/${entry.id}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/exchange-rates',
      scope: 'read',
      summary: 'List exchange rates, last entered first, withdrawn ones too',
      query: listQuery,
      response: pageSchema(rateAnswer),
      async handler({ organizationId, query: { limit, cursor, from = null, to = null, date = null } }) {
        const before = decodeCursor(cursor, idSchema) ?? null;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listExchangeRates(tx, organizationId, { from, to, date, before, limit: limit + 1 }),
        );
        return { body: pageOf(rows, limit, present, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/exchange-rates/{id}',
      scope: 'read',
      summary: 'One exchange rate',
      params: uuidParams,
      response: rateAnswer,
      async handler({ organizationId, params: { id } }) {
        const entry = await inOrganization(pool, organizationId, (tx) => selectExchangeRate(tx, organizationId, id));
        if (!entry) throw noSuchRate(id);
        return { body: present(entry) };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/exchange-rates/{id}',
      scope: 'write',
      summary: 'Withdraw an exchange rate, so that another can be entered; finalized documents keep it',
      params: uuidParams,
      response: rateAnswer,
      async handler({ organizationId, params: { id } }) {
        return { body: await inOrganization(pool, organizationId, (tx) => withdraw(tx, organizationId, id)) };
      },
    }),
  ];
}

async function enter(
  tx: Transaction,
  organizationId: number,
  input: ExchangeRateInput,
  id: string,
): Promise<{ entry: Answer; status: 200 | 201 }> {
  await lockExchangeRate(tx, organizationId, input);
  const [existing] = await selectRatesInForce(tx, organizationId, input, input.date, input.date);
  if (existing) {
    if (new Big(existing.rate).eq(input.rate) && existing.source === input.source)
      return { entry: present(existing), status: 200 };
    throw new ApiError(
      'exchange_rate_exists',
      `From ${existing.from} to ${existing.to} the rate of ${existing.date} is ${existing.rate} (${existing.source}): withdraw it by DELETE /v1/exchange-rates/${existing.id} first.`,
    );
  }
  const entry = present(await insertExchangeRate(tx, organizationId, id, input));
  await insertOutbox(tx, { organizationId, type: 'exchange_rate.entered', subject: id, data: entry });
  return { entry, status: 201 };
}

async function withdraw(tx: Transaction, organizationId: number, id: string): Promise<Answer> {
  const withdrawn = await withdrawExchangeRate(tx, organizationId, id);
  if (withdrawn === null) {
    const entry = await selectExchangeRate(tx, organizationId, id);
    if (!entry) throw noSuchRate(id);
    return present(entry);
  }
  const entry = present(withdrawn);
  await insertOutbox(tx, { organizationId, type: 'exchange_rate.withdrawn', subject: id, data: entry });
  return entry;
}
