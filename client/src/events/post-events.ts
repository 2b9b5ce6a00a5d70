import { TollbookConnectionError, TollbookError } from '../errors.ts';
import { type Connection, exchange } from '../exchange.ts';
import { toError } from '../to-error.ts';
import type { EventResult, Item } from './event.ts';

/** What one request came to. `undefined`: nothing is known of that event, it is to be sent again as it is. */
export type Outcome =
  | {
      readonly kind: 'results';
      readonly results: readonly (EventResult | undefined)[];
      readonly askedMs: number | undefined;
    }
  | { readonly kind: 'unknown'; readonly error: Error; readonly askedMs: number | undefined }
  /** The request as a whole is no use to anyone: too large, or one event in it spoils the rest. */
  | { readonly kind: 'apart'; readonly error: TollbookError };

/** Answers that carry a result for each event. */
const WITH_RESULTS = new Set([200, 207, 422, 503]);
const TO_TAKE_APART = new Set([400, 413, 422]);

/** Sends events once. Doubt is never a result. @throws the signal's reason when it aborts, and nothing else */
export async function postEvents(
  connection: Connection,
  items: readonly Item[],
  signal?: AbortSignal,
): Promise<Outcome> {
  try {
    return await exchange(connection, {
      method: 'POST',
      path: '/v1/events',
      body: `{"events":[${items.map(({ json }) => json).join(',')}]}`,
      signal,
      isError: ({ status }) => !WITH_RESULTS.has(status),
      read: async (response) => readOutcome(response, await response.text(), items, connection.now()),
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TollbookError)
      return TO_TAKE_APART.has(error.status)
        ? { kind: 'apart', error }
        : { kind: 'unknown', error, askedMs: error.retryAfterMs };
    return { kind: 'unknown', error: error as Error, askedMs: undefined };
  }
}

function readOutcome(response: Response, text: string, items: readonly Item[], now: number): Outcome {
  const error = toError('POST /v1/events', response, text, now);
  const results = readResults(text, items);
  if (results !== undefined) return { kind: 'results', results, askedMs: error.retryAfterMs };
  if (response.status === 422) return { kind: 'apart', error };
  const unread = new TollbookConnectionError('POST /v1/events: an answer that cannot be read', { isTimeout: false });
  return { kind: 'unknown', error: response.ok ? unread : error, askedMs: error.retryAfterMs };
}

/** A result per event, in their order; undefined when the answer is not one to exactly these events. */
function readResults(text: string, items: readonly Item[]): (EventResult | undefined)[] | undefined {
  let body: { readonly results?: unknown };
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    return undefined;
  }
  const { results } = body ?? {};
  if (!Array.isArray(results) || results.length !== items.length) return undefined;
  const read: (EventResult | undefined)[] = [];
  for (const [at, result] of results.entries()) {
    const { id, status, code, detail, pointer } = (result ?? {}) as Readonly<Record<string, unknown>>;
    const own = items[at]?.event.id as string;
    // A rejected event may have an id that ingest could not read; any other result must be that of this event.
    if (id !== own && !(status === 'rejected' && id === null)) return undefined;
    if (status === 'accepted' || status === 'duplicate') read.push({ id: own, status });
    else if (status === 'conflict' || status === 'rejected')
      read.push({
        id: own,
        status,
        detail: typeof detail === 'string' ? detail : 'another event with this id was there first',
        ...(typeof code === 'string' && { code }),
        ...(typeof pointer === 'string' && { pointer }),
      });
    else read.push(undefined);
  }
  return read;
}
