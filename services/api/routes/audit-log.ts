import { z } from 'zod';
import { type AuditEntry, listAuditEntries } from '#libs/audit/store/list-audit-entries.ts';
import { instantSchema, lineSchema } from '#libs/catalog/fields.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { timeSchema } from '../fields.ts';

const rowSchema = z.record(z.string(), z.unknown()).nullable();

const entryAnswer = z.object({
  id: z.string(),
  at: timeSchema,
  actor: z.string().describe('Id of the API key, or "operator"'),
  action: z.string().describe('The route, such as PATCH /v1/customers/{key}'),
  resource: z.string().nullable().describe('The kind of what changed; null: nothing that is kept here'),
  subject: z.string().describe('Key or id of what changed, or of what it belongs to'),
  before: rowSchema.describe('What changed as it was; null: it was not there'),
  after: rowSchema.describe('As it is since then; null: it is gone'),
  request_id: z.string(),
  address: z.string().nullable().describe('Where the request came from, as the server saw it'),
});

const present = (entry: AuditEntry): z.infer<typeof entryAnswer> => ({
  id: entry.id,
  at: entry.at.toISOString(),
  actor: entry.actorId ?? entry.actorType,
  action: entry.action,
  resource: entry.resource,
  subject: entry.subject,
  before: entry.before,
  after: entry.after,
  request_id: entry.requestId,
  address: entry.address,
});

const positionSchema = z.string().regex(/^\d{1,18}$/);

export function auditLogRoutes({ pool }: Pick<ApiDependencies, 'pool'>): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/audit-log',
      scope: 'admin',
      summary: 'Who changed what, newest first',
      query: z.strictObject({
        ...pageQuery,
        actor: z.union([z.uuid(), z.literal('operator')]).optional(),
        subject: lineSchema().optional(),
        action: lineSchema().optional(),
        from: instantSchema.optional(),
        to: instantSchema.optional().describe('Not included'),
      }),
      response: pageSchema(entryAnswer),
      async handler({ organizationId, query: { limit, cursor, from, to, ...asked } }) {
        const before = decodeCursor(cursor, positionSchema) ?? null;
        const instant = (at: number | undefined) => (at === undefined ? undefined : new Date(at));
        const filter = {
          actor: asked.actor,
          subject: asked.subject,
          action: asked.action,
          from: instant(from),
          to: instant(to),
        };
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listAuditEntries(tx, organizationId, filter, before, limit + 1),
        );
        return { body: pageOf(rows, limit, present, (row) => row.id) };
      },
    }),
  ];
}
