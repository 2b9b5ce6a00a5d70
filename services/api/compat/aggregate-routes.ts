import { z } from 'zod';
import { dateSchema } from '#libs/catalog/fields.ts';
import { commitDay } from '#libs/daily-usage/commit-day.ts';
import type { DailyUsage } from '#libs/daily-usage/daily-differences.ts';
import type { DailyTopic } from '#libs/daily-usage/daily-topic.ts';
import { publishDay } from '#libs/daily-usage/publish-day.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { isDatabaseAway } from '#libs/http/problem.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import type { CompatDependencies } from './compat-dependencies.ts';
import { jsonNumber, jsonNumberSchema } from './json-number.ts';
import { readDailyUsage } from './read-daily-usage.ts';
import { daysQuery, spanOfDays } from './span-of-days.ts';

const aggregateSchema = z.object({
  TenantId: z.string(),
  ProductSKU: z.string(),
  UseUnit: z.string(),
  TotalUsedAmount: jsonNumberSchema,
  AggregationDate: z.iso.date(),
});

const present = (row: DailyUsage, date: string): z.infer<typeof aggregateSchema> => ({
  TenantId: row.customer,
  ProductSKU: row.productSku,
  UseUnit: row.useUnit,
  TotalUsedAmount: jsonNumber(row.amount),
  AggregationDate: date,
});

/** The second is how their users have always had to write it. */
const COMMIT_PATHS = ['/aggregates/commit', '/agreggates/commit'] as const;

export function aggregateRoutes(dependencies: CompatDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'GET',
      path: '/aggregates',
      scope: 'read',
      summary: 'Pulses by customer, product, unit and day of UTC, as they stand now',
      query: daysQuery,
      response: z.array(aggregateSchema),
      async handler({ organizationId, clockOffset, query }) {
        const span = spanOfDays(query, now() + clockOffset);
        const rows = await inOrganization(
          pool,
          organizationId,
          (tx) => readDailyUsage(tx, organizationId, span),
          'REPEATABLE READ READ ONLY',
        );
        return { body: rows.map((row) => present(row, row.date)) };
      },
    }),
    ...COMMIT_PATHS.map((path) => commitRoute(dependencies, path)),
  ];
}

const commitRoute = ({ pool, dailyTopic }: CompatDependencies, path: (typeof COMMIT_PATHS)[number]): Route =>
  defineRoute({
    method: 'POST',
    path,
    idempotency: 'needless',
    scope: 'write',
    summary: "Send a day's aggregates on, once; later for the same day: what was added since",
    body: z.strictObject({ date: dateSchema.describe('A day of UTC') }),
    response: z.object({ date: z.iso.date(), sent: z.int(), aggregates: z.array(aggregateSchema) }),
    status: 200,
    async handler({ organizationId, body: { date } }) {
      const span = spanOfDays({ from: date, to: date }, 0);
      const records = await commitDay(pool, organizationId, date, (tx) => readDailyUsage(tx, organizationId, span));
      if (dailyTopic) await publish(() => publishDay(pool, dailyTopic as DailyTopic, organizationId, date));
      return { body: { date, sent: records.length, aggregates: records.map((row) => present(row, date)) } };
    },
  });

/** What was written down is sent by the next commit of the day, if not by this one. */
async function publish(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    throw new ApiError(
      'unavailable',
      'The aggregates were written down, but whether all reached the topic is not known: commit the day again, and what is missing is sent.',
      { headers: { 'Retry-After': '1' }, cause: error },
    );
  }
}
