import type { AnswerOf, BodyOf, Call, CallOptions, QueryInput } from '../call.ts';
import { DeliveryError, TollbookError } from '../errors.ts';
import type { Connection } from '../exchange.ts';
import { type List, listOf, type PageFor } from '../list.ts';
import { pauseMs } from '../pause.ts';
import { deliver } from './deliver.ts';
import { type EventResult, makeItem, type SentEvent, type UsageEvent } from './event.ts';
import { newEventId } from './new-event-id.ts';
import { postEvents } from './post-events.ts';
import { createQueue, type Queue, type QueueOptions } from './queue.ts';

export interface Events extends Queue {
  /**
   * Sends these events now, past the queue, until each is decided; the results stand in their order. For whoever must know before going on.
   * @param options.patienceMs how long nothing may be decided before it gives up. Default 60,000
   * @throws DeliveryError with the events that are undecided
   */
  send(
    events: readonly UsageEvent[],
    options?: { readonly signal?: AbortSignal; readonly patienceMs?: number },
  ): Promise<readonly EventResult[]>;
  /** One event, whether it counted, and its corrections. */
  get(
    id: string,
    query?: QueryInput<'GET /v1/events/{id}'>,
    options?: CallOptions,
  ): Promise<AnswerOf<'GET /v1/events/{id}'>>;
  list(query?: QueryInput<'GET /v1/events'>, options?: CallOptions): List<PageFor<'GET /v1/events'>>;
  /** Takes an event back: it counts no more. */
  void(
    id: string,
    body: BodyOf<'POST /v1/events/{id}/void'>,
    options?: CallOptions,
  ): Promise<AnswerOf<'POST /v1/events/{id}/void'>>;
  /** Puts other fields in the place of an event's. */
  amend(
    id: string,
    body: BodyOf<'POST /v1/events/{id}/amend'>,
    options?: CallOptions,
  ): Promise<AnswerOf<'POST /v1/events/{id}/amend'>>;
}

/** Answers that asking again does not change. */
const LASTING = new Set([301, 302, 303, 307, 308, 401, 403, 404, 405, 415]);
const BATCH_EVENTS = 500;

/** @param ingest where events go; \`call\` goes to the API, \`callIngest\` to where events go */
export function createEvents(ingest: Connection, call: Call, callIngest: Call, options: QueueOptions): Events {
  const ready = (event: UsageEvent) => makeItem(event, ingest.now(), () => newEventId(ingest.now()));
  const queue = createQueue(
    {
      makeItem: ready,
      post: (items, signal) => postEvents(ingest, items, signal),
      pause: ({ attempt, askedMs }, signal) => ingest.sleep(pauseMs(attempt, ingest.random(), askedMs), signal),
    },
    options,
  );
  return {
    add: queue.add,
    flush: queue.flush,
    close: queue.close,
    get size() {
      return queue.size;
    },
    send: (events, how) => sendNow(ingest, events.map(ready), how),
    get: (id, query, how) => call('GET /v1/events/{id}', { path: { id }, ...(query && { query }) }, how),
    list: (query, how) => listOf(call, 'GET /v1/events', { ...(query && { query }) }, how),
    void: (id, body, how) => callIngest('POST /v1/events/{id}/void', { path: { id }, body }, how),
    amend: (id, body, how) => callIngest('POST /v1/events/{id}/amend', { path: { id }, body }, how),
  };
}

async function sendNow(
  ingest: Connection,
  items: readonly ReturnType<typeof makeItem>[],
  { signal, patienceMs = 60_000 }: { readonly signal?: AbortSignal; readonly patienceMs?: number } = {},
): Promise<readonly EventResult[]> {
  const results = new Map<object, EventResult>();
  let decidedAt = ingest.now();
  try {
    for (let at = 0; at < items.length; at += BATCH_EVENTS)
      await deliver(items.slice(at, at + BATCH_EVENTS), {
        post: (batch) => postEvents(ingest, batch, signal),
        onResult(item, result) {
          results.set(item, result);
          decidedAt = ingest.now();
        },
        async beforeRetry({ error, attempt, askedMs }) {
          const isLasting = error instanceof TollbookError && LASTING.has(error.status);
          const pause = pauseMs(attempt, ingest.random(), askedMs);
          if (isLasting || ingest.now() + pause > decidedAt + patienceMs) throw error;
          await ingest.sleep(pause, signal);
        },
      });
  } catch (error) {
    const undecided = items.filter((item) => !results.has(item)).map(({ event }): SentEvent => event);
    throw new DeliveryError(error, undecided);
  }
  return items.map((item) => results.get(item) as EventResult);
}
