import { z } from 'zod';
import { dateSchema, instantSchema, lineSchema } from '#libs/catalog/fields.ts';
import { selectCustomerNames } from '#libs/catalog/store/select-customer-names.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, encodeCursor, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import type { EventState } from '#libs/metering/correct.ts';
import type { LogPlace } from '#libs/metering/place.ts';
import { type EventFinding, findEvent } from '#libs/metering/read/find-event.ts';
import { type SearchPosition, searchEvents } from '#libs/metering/read/search-events.ts';
import type { EventSearch } from '#libs/metering/store/select-arrivals.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { tellEvent } from '../event-story.ts';
import { eventAnswer, presentEvent, storyAnswer } from '../present-event.ts';

const DAY = 86_400_000;
const sourceSchema = z
  .string()
  .max(255)
  .refine((text) => text.isWellFormed() && !text.includes('\0'));

const eventsQuery = z
  .strictObject({
    ...pageQuery,
    // Holds a place in every partition of the log.
    cursor: z.string().max(20_000).optional().describe('next_cursor of the page before'),
    id: lineSchema().optional(),
    source: sourceSchema.optional().describe("'' for events that name none"),
    customer: lineSchema().optional().describe('Its key or an alias: events under any of its names'),
    type: lineSchema().optional(),
    from: instantSchema.optional().describe('The event’s own time'),
    to: instantSchema.optional().describe('Not included'),
    received_from: instantSchema.optional().describe('Arrival. Without customer, id and arrival: the last 24 hours'),
    received_to: instantSchema.optional().describe('Not included'),
    state: z.enum(['counted', 'unassigned', 'voided']).optional(),
  })
  .superRefine((query, context) => {
    for (const [from, to] of [
      ['from', 'to'],
      ['received_from', 'received_to'],
    ] as const) {
      const [first, last] = [query[from], query[to]];
      if (first !== undefined && last !== undefined && first >= last)
        context.addIssue({ code: 'custom', path: [to], message: `must be after ${from}` });
    }
  });
type EventsQuery = z.output<typeof eventsQuery>;

const placeNumber = z.int().min(0).max(32_767);
const positionSchema = z.tuple([
  dateSchema,
  z.array(
    z.tuple([
      z
        .int()
        .min(0)
        .max(2 ** 31 - 1),
      placeNumber,
      z.string().regex(/^\d{1,18}$/),
    ]),
  ),
]);

export function eventRoutes({ pool, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/events',
      scope: 'read',
      summary: 'Search events, as they stand, newest arrival first; a page can be empty and still have a next one',
      query: eventsQuery,
      response: pageSchema(eventAnswer),
      handler: ({ organizationId, query }) =>
        inOrganization(
          pool,
          organizationId,
          async (tx) => ({
            body:
              query.id === undefined
                ? await search(tx, organizationId, query, now())
                : await searchById(tx, organizationId, query, query.id),
          }),
          'REPEATABLE READ READ ONLY',
        ),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/events/{id}',
      scope: 'read',
      summary:
        'One event with its whole story: arrival, place in the log, hours, corrections, conflicts, invoice lines',
      query: z.strictObject({
        source: sourceSchema.optional().describe('Needed only where several sources use the id'),
      }),
      response: storyAnswer,
      handler: ({ organizationId, params: { id }, query: { source } }) =>
        inOrganization(
          pool,
          organizationId,
          async (tx) => {
            const finding = await findEvent(tx, organizationId, id, source);
            if (finding.kind === 'found') return { body: await tellEvent(tx, organizationId, id, finding) };
            if (finding.kind === 'unknown') throw new ApiError('not_found', `There is no event "${id}".`);
            const names = finding.sources.map((name) => JSON.stringify(name)).join(', ');
            throw new ApiError(
              'ambiguous_source',
              `The id "${id}" exists under several sources: ${names}. Name one as source.`,
            );
          },
          'REPEATABLE READ READ ONLY',
        ),
    }),
  ];
}

async function search(tx: Transaction, organizationId: number, query: EventsQuery, now: number) {
  const after = decodeCursor(query.cursor, positionSchema);
  const { found, next } = await searchEvents(tx, organizationId, await searchOf(tx, organizationId, query, now), {
    condition: query.state ?? null,
    after: after && toPosition(after),
    limit: query.limit,
  });
  const data: z.infer<typeof eventAnswer>[] = [];
  for (const { state, condition } of found)
    data.push(presentEvent(state, condition, await originalPlace(tx, organizationId, state)));
  return { data, next_cursor: next && encodeCursor(fromPosition(next)) };
}

async function searchOf(
  tx: Transaction,
  organizationId: number,
  query: EventsQuery,
  now: number,
): Promise<EventSearch> {
  const { customer, received_from: receivedFrom, received_to: receivedTo, state } = query;
  const isOpen = customer === undefined && receivedFrom === undefined && receivedTo === undefined;
  const names = customer === undefined ? null : await selectCustomerNames(tx, organizationId, [customer]);
  return {
    names: names && (names.get(customer as string)?.names ?? []),
    source: query.source ?? null,
    type: query.type ?? null,
    time: span(query.from, query.to),
    received: span(isOpen ? now - DAY : receivedFrom, receivedTo),
    voided: state === undefined ? null : state === 'voided',
  };
}

const span = (from: number | undefined, to: number | undefined): EventSearch['time'] => ({
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
});

/** An id is used once by each source, so all that have it fit on one page. */
async function searchById(tx: Transaction, organizationId: number, query: EventsQuery, id: string) {
  const finding = await findEvent(tx, organizationId, id, query.source);
  const names = query.customer === undefined ? null : await selectCustomerNames(tx, organizationId, [query.customer]);
  const customers = names?.get(query.customer as string)?.names;
  const isIn = (at: number, from: number | undefined, to: number | undefined) =>
    (from === undefined || at >= from) && (to === undefined || at < to);
  const data: z.infer<typeof eventAnswer>[] = [];
  for (const source of sourcesOf(finding)) {
    const one = await findEvent(tx, organizationId, id, source);
    if (one.kind !== 'found' || one.original === null) continue;
    const event = eventAnswer.parse(await tellEvent(tx, organizationId, id, one));
    if (customers && !customers.includes(event.customer)) continue;
    if (query.type !== undefined && event.type !== query.type) continue;
    if (query.state !== undefined && event.state !== query.state) continue;
    if (!isIn(Date.parse(event.time), query.from, query.to)) continue;
    if (!isIn(Date.parse(event.received_at), query.received_from, query.received_to)) continue;
    data.push(event);
  }
  return { data, next_cursor: null };
}

function sourcesOf(finding: EventFinding): readonly string[] {
  if (finding.kind === 'unknown') return [];
  return finding.kind === 'found' ? [finding.source] : finding.sources;
}

/** Only an amended event lies elsewhere than where it first arrived. */
async function originalPlace(tx: Transaction, organizationId: number, state: EventState): Promise<LogPlace> {
  if (state.revision === 0) return state.place;
  const found = await findEvent(tx, organizationId, state.event.id, state.event.source);
  return found.kind === 'found' && found.original ? found.original.place : state.place;
}

const toPosition = ([day, below]: z.output<typeof positionSchema>): SearchPosition => ({
  day,
  below: below.map(([epoch, partition, offset]) => ({ epoch, partition, below: BigInt(offset) })),
});
const fromPosition = ({ day, below }: SearchPosition) => [
  day,
  below.map(({ epoch, partition, below }) => [epoch, partition, below.toString()]),
];
