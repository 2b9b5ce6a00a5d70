import { z } from 'zod';
import { eventSchema } from '#libs/events/event-schema.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import type { Metrics } from '#libs/telemetry/metrics.ts';
import { answer } from './answer.ts';
import type { BatchLimits } from './batch-limits.ts';
import { createCountedTake } from './counted-take.ts';
import { type Judged, judgeItem } from './judge-item.ts';
import type { OrganizationRules } from './organization-rules.ts';
import { readItems } from './read-items.ts';
import type { ReadLine } from './stream/read-line.ts';
import { takeStream } from './stream/take-stream.ts';
import type { EventResult, TakeDependencies } from './take-events.ts';

const resultSchema = z.object({
  id: z.string().nullable(),
  status: z.enum(['accepted', 'duplicate', 'conflict', 'rejected', 'unavailable']),
  code: z.string().optional(),
  detail: z.string().optional(),
  pointer: z.string().optional(),
});

const answerSchema = z.object({
  accepted: z.number().int(),
  duplicates: z.number().int(),
  failed: z.array(z.object({ transaction_id: z.string().nullable(), reason: z.string() })),
  results: z.array(resultSchema),
});

/** Other forms of an event in JSON are read too: docs/api/sending-events.md. */
const bodies = {
  'application/json': z.union([
    eventSchema,
    z.array(eventSchema).min(1),
    z.strictObject({ events: z.array(eventSchema).min(1) }),
  ]),
  'application/x-ndjson': z.string().describe('One event a line, of any length'),
  'application/cloudevents+json': z.looseObject({}).describe('One CloudEvent 1.0'),
  'application/cloudevents-batch+json': z.array(z.looseObject({})).min(1).describe('CloudEvents 1.0'),
};

export interface EventsRouteDependencies extends Omit<TakeDependencies, 'onCacheError'> {
  readonly rulesOf: (organizationId: number) => Promise<OrganizationRules>;
  readonly metrics: Metrics;
  readonly now: () => number;
  /** Of a JSON body; streams have none. */
  readonly limits: BatchLimits;
}

const NDJSON = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);
const STREAM_IDLE_MS = 60_000;

/** POST /v1/events: in any of the forms of docs/api/sending-events.md; each event is answered by itself. */
export function eventsRoute({ rulesOf, metrics, now, limits, ...rest }: EventsRouteDependencies): Route {
  const take = createCountedTake({ ...rest, metrics });
  const takeLines = async (organizationId: number, lines: readonly ReadLine[]): Promise<EventResult[]> => {
    const rules = await rulesOf(organizationId);
    const judged = lines.map(
      (line): Judged =>
        line.ok
          ? judgeItem(organizationId, line.item, rules, now())
          : { ok: false, id: null, rejection: line.rejection },
    );
    return (await take(judged)).results;
  };

  return defineRoute({
    method: 'POST',
    path: '/v1/events',
    scope: 'ingest',
    idempotency: 'needless',
    summary: 'Send usage events; each is answered by itself, after the log has it',
    body: 'open',
    openBody: bodies,
    maxBodyBytes: limits.bytes,
    response: answerSchema,
    // Some or none were taken; 503: none is known to be.
    alsoStatus: [207, 422, 503],
    async handler({ organizationId, body, request, response, checkKey }) {
      if (NDJSON.has(body.mediaType ?? '')) {
        await takeStream({
          chunks: body.stream(STREAM_IDLE_MS),
          response,
          take: (lines) => checkKey().then(() => takeLines(organizationId, lines)),
        });
        return {};
      }
      const { items, format } = await readItems(body, request.headers, limits.events);
      const [rules, arrival] = [await rulesOf(organizationId), now()];
      const { results, counts } = await take(
        items.map((item) => judgeItem(organizationId, item, rules, arrival, format)),
      );
      return answer(results, counts);
    },
  });
}
