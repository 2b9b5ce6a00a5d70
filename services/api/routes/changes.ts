import { z } from 'zod';
import { inOrganization } from '#libs/database/transaction.ts';
import { decodeCursor, encodeCursor, pageQuery } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { FIRST_CHANGE, selectChanges } from '#libs/outbox/select-changes.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { timeSchema } from '../fields.ts';

const changeAnswer = z.object({
  id: z.string(),
  occurred_at: timeSchema,
  type: z.string(),
  subject: z.string().describe('Id of what changed'),
  data: z.record(z.string(), z.unknown()),
});

const MAX_BIGINT = 2n ** 63n - 1n;
const bigintText = z
  .string()
  .regex(/^\d{1,19}$/)
  .refine((text) => BigInt(text) <= MAX_BIGINT);
const positionSchema = z.tuple([bigintText, bigintText]);

export function changeRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/changes',
      scope: 'read',
      summary: 'Every change in order; go on behind next_cursor, also when there is nothing new yet',
      query: z.strictObject({
        limit: pageQuery.limit,
        after: pageQuery.cursor.describe('next_cursor of the answer before'),
      }),
      response: z.object({ data: z.array(changeAnswer), next_cursor: z.string().nullable() }),
      async handler({ organizationId, query: { limit, after } }) {
        const position = decodeCursor(after, positionSchema);
        const start = position ? { transactionId: position[0], id: position[1] } : FIRST_CHANGE;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          selectChanges(tx, organizationId, start, limit),
        );
        const last = rows.at(-1);
        const data = rows.map(({ id, occurredAt, type, subject, data }) => ({
          id,
          occurred_at: occurredAt.toISOString(),
          type,
          subject,
          data,
        }));
        return { body: { data, next_cursor: last ? encodeCursor([last.transactionId, last.id]) : (after ?? null) } };
      },
    }),
  ];
}
