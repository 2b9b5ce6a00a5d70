import { z } from 'zod';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, encodeCursor, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { explainEvents } from '#libs/invoicing/explain/explain-events.ts';
import { explainHours } from '#libs/invoicing/explain/explain-hours.ts';
import { explainLine } from '#libs/invoicing/explain/explain-line.ts';
import { findLine, type LineUsage } from '#libs/invoicing/explain/find-line.ts';
import { RawEventsGone } from '#libs/metering/read/raw-events-gone.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { timeSchema } from '../fields.ts';
import {
  explainedEventSchema,
  explanationSchema,
  hourSchema,
  presentExplainedEvent,
  presentExplainedHour,
  presentExplanation,
} from '../present-explanation.ts';

const KINDS = [
  { kind: 'invoice', path: '/v1/invoices/{id}/lines/{position}/explain', name: 'invoice' },
  { kind: 'credit_note', path: '/v1/credit-notes/{id}/lines/{position}/explain', name: 'credit note' },
] as const;

const lineParams = z.object({
  id: z.uuid(),
  position: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number)
    .describe('Position of the line on the document'),
});
type LineParams = z.output<typeof lineParams>;
type Kind = (typeof KINDS)[number];

const eventsQuery = z.strictObject({
  ...pageQuery,
  hour: timeSchema.optional().describe('Only events of the hour that begins then'),
});
const positionSchema = z.tuple([timeSchema, z.string(), z.string()]);
const HOUR = 3_600_000;

/** From a line to its hours, and from there to its events. */
export const explainRoutes = (dependencies: Pick<ApiDependencies, 'pool'>): Route[] =>
  KINDS.flatMap((kind) => routesOf(kind, dependencies));

function routesOf(kind: Kind, { pool }: Pick<ApiDependencies, 'pool'>): Route[] {
  const { path, name } = kind;
  return [
    defineRoute({
      method: 'GET',
      path,
      scope: 'read',
      summary: `How a line of the ${name} came about: its price, what it was made from, and what came late`,
      params: lineParams,
      response: explanationSchema,
      async handler({ organizationId, params }) {
        const explained = await read(pool, organizationId, (tx) =>
          explainLine(tx, organizationId, params.id, params.position),
        );
        if (explained?.invoice.kind !== kind.kind) throw noLine(kind, params);
        return { body: presentExplanation(explained) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/hours`,
      scope: 'read',
      summary: 'The hours of the line as they were billed, recomputed from raw events up to the watermark',
      params: lineParams,
      query: z.strictObject(pageQuery),
      response: pageSchema(hourSchema),
      async handler({ organizationId, params, query }) {
        const from = decodeCursor(query.cursor, z.int()) ?? 0;
        const { hours, next } = await readUsageOf(pool, organizationId, kind, params, (tx, usage) =>
          explainHours(tx, organizationId, usage, from, query.limit),
        );
        return {
          body: { data: hours.map(presentExplainedHour), next_cursor: next === null ? null : encodeCursor(next) },
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/events`,
      scope: 'read',
      summary: 'The events of the line as they stood at the watermark, by time, source and id',
      params: lineParams,
      query: eventsQuery,
      response: pageSchema(explainedEventSchema),
      async handler({ organizationId, params, query }) {
        const after = decodeCursor(query.cursor, positionSchema);
        const begin = query.hour === undefined ? undefined : Date.parse(query.hour);
        const span = begin === undefined ? undefined : { from: begin, to: begin + HOUR };
        const { events, next } = await readUsageOf(pool, organizationId, kind, params, (tx, usage) =>
          explainEvents(tx, organizationId, usage, { span, after, limit: query.limit }),
        );
        return {
          body: { data: events.map(presentExplainedEvent), next_cursor: next === null ? null : encodeCursor(next) },
        };
      },
    }),
  ];
}

async function readUsageOf<T>(
  pool: Pool,
  organizationId: number,
  kind: Kind,
  params: LineParams,
  work: (tx: Transaction, usage: LineUsage) => Promise<T>,
): Promise<T> {
  return read(pool, organizationId, async (tx) => {
    const found = await findLine(tx, organizationId, params.id, params.position);
    if (found?.invoice.kind !== kind.kind) throw noLine(kind, params);
    if (found.usage === null)
      throw new ApiError('not_found', `Line ${params.position} of ${found.invoice.number} was not made from usage.`);
    return work(tx, found.usage);
  });
}

async function read<T>(pool: Pool, organizationId: number, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await inOrganization(pool, organizationId, work, 'REPEATABLE READ READ ONLY');
  } catch (error) {
    if (!(error instanceof RawEventsGone)) throw error;
    throw new ApiError(
      'raw_events_gone',
      `Raw events are kept from ${error.keptFrom.toISOString()} on, and this line reaches back before that: its evidence stands on the document, its hours and events can no longer be shown.`,
      { cause: error },
    );
  }
}

const noLine = ({ name }: Kind, { id, position }: LineParams): ApiError =>
  new ApiError('not_found', `There is no ${name} ${id} with a line ${position}.`);
