import { z } from 'zod';
import { instantSchema } from '#libs/catalog/fields.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import type { Correction, EventChanges } from '#libs/events/event.ts';
import { eventSchema } from '#libs/events/event-schema.ts';
import { identify } from '#libs/events/identify.ts';
import { readBySchema } from '#libs/events/read-fields.ts';
import { encodeCorrection } from '#libs/events/record.ts';
import { ApiError, invalidField } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { findEvent } from '#libs/metering/read/find-event.ts';
import { selectEventSources } from '#libs/metering/store/select-event-sources.ts';
import type { OrganizationRules } from './organization-rules.ts';

/*
 * Voids and amendments: records of their own in the log, beside what they correct. They are applied by the aggregator, in the order of the
 * log; one that arrives before its original waits for it.
 */

const { type, customer, subscription, properties } = eventSchema.shape;
/** Of a correction; may be empty where it names a source, as events without one have it. */
const line = z
  .string()
  .max(1000)
  .refine((text) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text), 'must be one line of printable Unicode');
const filled = line.min(1, 'must not be empty');

const common = {
  source: line.max(255).optional().describe('Of the event; "" for none. Needed only where an id exists under several'),
  reason: filled.describe('Why; kept with the event'),
  actor: filled.optional().describe('Who asked for it; left out: the API key'),
};
/** Of the sender: the same one again changes nothing. */
const correctionId = filled.max(255);

const voidSchema = z.strictObject({
  ...common,
  correction_id: correctionId
    .optional()
    .describe('The same one again changes nothing. Left out: there is one void of an event'),
});
const amendSchema = z
  .strictObject({
    ...common,
    correction_id: correctionId.describe('The same one again changes nothing; another one is another amendment'),
    type: type.optional(),
    customer: customer.optional(),
    subscription,
    time: instantSchema.optional(),
    properties: z
      .unknown()
      .refine((given) => !Object.hasOwn(Object(given), '__proto__'), 'must not have the name "__proto__"')
      .pipe(properties)
      .optional(),
  })
  .refine(
    (body) =>
      [body.type, body.customer, body.subscription, body.time, body.properties].some((field) => field !== undefined),
    'changes nothing: send type, customer, subscription, time or properties',
  );

const correctionAnswer = z.object({
  status: z.literal('accepted'),
  kind: z.enum(['void', 'amend']),
  event: z.object({ id: z.string(), source: z.string() }),
  correction_id: z.string(),
});

const params = z.object({ id: eventSchema.shape.id });

export interface CorrectionsRouteDependencies {
  /** Of the API role. */
  readonly pool: Pool;
  readonly log: EventLog;
  readonly rulesOf: (organizationId: number) => Promise<OrganizationRules>;
  readonly now: () => number;
}

export function correctionRoutes({ pool, log, rulesOf, now }: CorrectionsRouteDependencies): Route[] {
  const send = async (
    organizationId: number,
    wanted: { readonly id: string; readonly keyId: string; readonly kind: Correction['kind'] },
    body: Pick<z.output<typeof voidSchema>, 'source' | 'reason' | 'actor' | 'correction_id'>,
    changes: EventChanges,
  ) => {
    const source = body.source ?? (await sourceOf(pool, organizationId, wanted.id));
    const correction: Correction = {
      kind: wanted.kind,
      id: wanted.id,
      source,
      correctionId: body.correction_id ?? 'void',
      reason: body.reason,
      actor: body.actor ?? `key ${wanted.keyId}`,
      changes,
    };
    const { partitionKey } = identify(organizationId, source, wanted.id);
    const [outcome] = await log.append([{ partitionKey, value: encodeCorrection(organizationId, correction) }]);
    if (outcome?.status !== 'durable') {
      throw new ApiError(
        'unavailable',
        `${outcome?.reason ?? 'The log did not answer.'} Whether the correction was taken is not known: send it again, it changes nothing twice.`,
        { headers: { 'Retry-After': '1' } },
      );
    }
    const event = { id: correction.id, source };
    return {
      body: { status: 'accepted' as const, kind: correction.kind, event, correction_id: correction.correctionId },
    };
  };

  return [
    defineRoute({
      method: 'POST',
      path: '/v1/events/{id}/void',
      scope: 'ingest',
      idempotency: 'needless',
      summary: 'Take an event back: it counts no more, for good. History stays',
      params,
      body: voidSchema,
      response: correctionAnswer,
      handler: ({ organizationId, keyId, params: { id }, body }) =>
        send(organizationId, { id, keyId, kind: 'void' }, body, {}),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/events/{id}/amend',
      scope: 'ingest',
      idempotency: 'needless',
      summary: 'Replace what an event says; fields left out stay as they are. History stays',
      params,
      body: amendSchema,
      response: correctionAnswer,
      async handler({ organizationId, keyId, params: { id }, body }) {
        const { bounds } = await rulesOf(organizationId);
        if (body.time !== undefined) checkTime(body.time, bounds, now() + bounds.clockOffset);
        if (body.properties !== undefined) checkProperties(id, body.properties);
        return send(organizationId, { id, keyId, kind: 'amend' }, body, changesOf(body));
      },
    }),
  ];
}

function changesOf(body: z.output<typeof amendSchema>): EventChanges {
  return {
    ...(body.type !== undefined && { type: body.type }),
    ...(body.customer !== undefined && { customer: body.customer }),
    ...(body.subscription !== undefined && { subscription: body.subscription }),
    ...(body.time !== undefined && { time: body.time }),
    ...(body.properties !== undefined && { properties: body.properties }),
  };
}

const DAY = 86_400_000;

function checkTime(time: number, { maxAgeDays, maxAheadSeconds }: OrganizationRules['bounds'], now: number): void {
  if (now - time > maxAgeDays * DAY)
    throw invalidField('/time', `lies more than ${maxAgeDays} days back; leave it out to keep the time as it is`);
  if (time - now > maxAheadSeconds * 1000)
    throw invalidField('/time', `lies more than ${maxAheadSeconds} seconds ahead`);
}

/** The rules of properties that no single field tells: the size of them all. */
function checkProperties(id: string, given: NonNullable<EventChanges['properties']>): void {
  const read = readBySchema({ id, type: 'any', customer: 'any', properties: given });
  if ('code' in read) throw invalidField(read.pointer, read.detail, read.code);
}

/**
 * The source of an id whose sender names none. Where events come from named sources an event of another one may be on its way, so there the
 * sender has to say which is meant. @throws ApiError
 */
async function sourceOf(pool: Pool, organizationId: number, id: string): Promise<string> {
  const found = await inOrganization(pool, organizationId, async (tx) => {
    const isUnnamed = (await selectEventSources(tx, organizationId, 2)).every((source) => source === '');
    return isUnnamed ? null : findEvent(tx, organizationId, id, undefined);
  });
  if (found === null) return '';
  const seen = found.kind === 'found' ? [found.source] : found.kind === 'ambiguous' ? found.sources : [];
  const names = seen.slice(0, NAMED).map((source) => JSON.stringify(source));
  throw new ApiError(
    'ambiguous_source',
    names.length === 0
      ? `The id "${id}" was not seen yet, and events come from named sources. Name the event's as source ("" for none).`
      : `Events come from named sources; the id "${id}" was seen from ${names.join(', ')}. Name one as source ("" for none).`,
  );
}

const NAMED = 5;
