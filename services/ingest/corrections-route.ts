import { z } from 'zod';
import { instantSchema } from '#libs/catalog/fields.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { canonicalJson } from '#libs/events/canonical-json.ts';
import type { Correction, EventChanges } from '#libs/events/event.ts';
import { eventSchema } from '#libs/events/event-schema.ts';
import { identify } from '#libs/events/identify.ts';
import { readBySchema } from '#libs/events/read-fields.ts';
import { encodeCorrection, hashOf } from '#libs/events/record.ts';
import { ApiError, invalidField } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { findEvent } from '#libs/metering/read/find-event.ts';
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
  correction_id: filled
    .max(255)
    .optional()
    .describe('The same one again changes nothing. Left out: made from the content'),
};
const voidSchema = z.strictObject(common);
const amendSchema = z
  .strictObject({
    ...common,
    type: type.optional(),
    customer: customer.optional(),
    subscription,
    time: instantSchema.optional(),
    properties,
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
    body: z.output<typeof voidSchema>,
    changes: EventChanges,
  ) => {
    const source = body.source ?? (await sourceOf(pool, organizationId, wanted.id));
    const correction: Correction = {
      kind: wanted.kind,
      id: wanted.id,
      source,
      correctionId: body.correction_id ?? `${wanted.kind}-${hashOf(canonicalJson({ ...changes })).slice(0, 32)}`,
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
      summary: 'Replace what an event says; fields left out stay as they are. History stays',
      params,
      body: amendSchema,
      response: correctionAnswer,
      async handler({ organizationId, keyId, params: { id }, body }) {
        const { bounds } = await rulesOf(organizationId);
        if (body.time !== undefined) checkTime(body.time, bounds, now());
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

/** The source of an id whose sender names none. @throws ApiError when it could be several. */
async function sourceOf(pool: Pool, organizationId: number, id: string): Promise<string> {
  const found = await inOrganization(pool, organizationId, (tx) => findEvent(tx, organizationId, id, undefined));
  if (found.kind === 'found') return found.source;
  // Not seen yet, and there is but one source: it can only be on its way from there.
  if (found.kind === 'unknown' && found.sources.length === 1) return found.sources[0] as string;
  const names = found.sources.map((source) => JSON.stringify(source)).join(', ');
  throw new ApiError(
    'ambiguous_source',
    found.kind === 'ambiguous'
      ? `The id "${id}" exists under several sources: ${names}. Name one as source.`
      : `The id "${id}" was not seen yet, and events come from several sources: ${names}. Name the event's as source.`,
  );
}
