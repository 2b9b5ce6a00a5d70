import { z } from 'zod';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import type { Metrics } from '#libs/telemetry/metrics.ts';
import { answer } from './answer.ts';
import type { OrganizationRules } from './organization-rules.ts';
import { type TakeDependencies, takeEvents } from './take-events.ts';

const MAX_EVENTS = 10_000;
const MAX_BODY_BYTES = 8 * 1024 * 1024;

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
  failed: z.array(z.object({ id: z.string().nullable(), reason: z.string() })),
  results: z.array(resultSchema),
});

export interface EventsRouteDependencies extends Omit<TakeDependencies, 'onCacheError'> {
  readonly rulesOf: (organizationId: number) => Promise<OrganizationRules>;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** POST /v1/events: one event, an array, or { events: […] }; each is answered by itself. */
export function eventsRoute({ rulesOf, metrics, now, ...rest }: EventsRouteDependencies): Route {
  const dependencies: TakeDependencies = { ...rest, onCacheError: () => metrics.cacheErrors.inc() };
  return defineRoute({
    method: 'POST',
    path: '/v1/events',
    scope: 'ingest',
    summary: 'Send usage events; each is answered by itself, after the log has it',
    body: 'raw',
    maxBodyBytes: MAX_BODY_BYTES,
    response: answerSchema,
    async handler({ organizationId, body }) {
      const events = eventsOf(body);
      const rules = await rulesOf(organizationId);
      const stop = metrics.ingestAppendSeconds.startTimer();
      const results = await takeEvents(dependencies, organizationId, events, rules, now());
      stop();
      for (const { status } of results) metrics.ingestEvents.inc({ status });
      return answer(results);
    },
  });
}

/** @throws ApiError when the body is no batch at all; what is wrong with single events is told per event. */
function eventsOf(body: Buffer): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(UTF8.decode(body));
  } catch (error) {
    throw new ApiError('invalid_json', `The body is not UTF-8 JSON: ${(error as Error).message}`);
  }
  const events = Array.isArray(parsed) ? parsed : (batchOf(parsed) ?? [parsed]);
  if (events.length === 0) throw new ApiError('invalid_batch', 'The batch holds no events.');
  if (events.length > MAX_EVENTS)
    throw new ApiError(
      'batch_too_large',
      `The batch holds ${events.length} events; at most ${MAX_EVENTS} go into one request.`,
    );
  return events;
}

/** `events` of an envelope; undefined for what is to be judged as a single event. */
function batchOf(parsed: unknown): unknown[] | undefined {
  if (typeof parsed !== 'object' || parsed === null)
    throw new ApiError('invalid_batch', 'The body must be an event, an array of events, or {"events": […]}.');
  if (!('events' in parsed)) return undefined;
  if (!Array.isArray(parsed.events)) throw new ApiError('invalid_batch', 'events must be an array.');
  return parsed.events;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
