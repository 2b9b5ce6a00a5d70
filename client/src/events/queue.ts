import { QueueError } from '../errors.ts';
import { deliver, type Problem } from './deliver.ts';
import type { EventResult, Item, SentEvent, UsageEvent } from './event.ts';
import type { Outcome } from './post-events.ts';
import { createRoom } from './room.ts';

export interface QueueOptions {
  /** Events in one request. Default 500. */
  readonly batchEvents?: number;
  /** How long an event may wait for others to be sent with, in milliseconds. Default 1000. */
  readonly batchMs?: number;
  /** Requests under way at once. Default 4. */
  readonly concurrency?: number;
  /** How many events it holds at most, waiting and under way. Default 10,000. */
  readonly maxEvents?: number;
  /** How many bytes of JSON they may have together. Default 64 MiB. */
  readonly maxBytes?: number;
  /** What `add` does when it is full: wait for room (default), or reject with a QueueError. */
  readonly whenFull?: 'wait' | 'reject';
  /** An event was refused (rejected, or in conflict with another of its id). It is not sent again. Must not throw. */
  readonly onRefused?: (event: SentEvent, result: Exclude<EventResult, { status: 'accepted' | 'duplicate' }>) => void;
  /** Events are decided on, whichever way. Must not throw. */
  readonly onDecided?: (event: SentEvent, result: EventResult) => void;
  /** Nothing is known of events that were sent; they are sent again after the pause. Must not throw. */
  readonly onRetry?: (problem: { readonly error: Error; readonly attempt: number; readonly events: number }) => void;
}

export interface Queue {
  /**
   * Resolves when the queue holds the event, which is not yet when it is taken by the server. @throws QueueError when it did not take it,
   * TypeError when it is none, the signal's reason when it aborts while waiting for room
   */
  add(event: UsageEvent, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Sends what it holds now without waiting for more, and resolves when all of that is decided. */
  flush(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Takes nothing more, flushes, and gives up after `timeoutMs` (default 10,000). `undecided` is empty, or what to keep and send later. */
  close(options?: { readonly timeoutMs?: number }): Promise<{ readonly undecided: readonly SentEvent[] }>;
  /** Events waiting and under way. */
  readonly size: number;
}

export interface QueueHost {
  readonly makeItem: (event: UsageEvent) => Item;
  readonly post: (items: readonly Item[], signal: AbortSignal) => Promise<Outcome>;
  /** Rejects when the signal aborts. */
  readonly pause: (problem: Problem, signal: AbortSignal) => Promise<void>;
}

/** A callback that throws is an uncaught exception of the program; the events around it are still sent. */
function tell(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Of one request; the server's own limit is 8 MiB. */
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Events on their way. Holds a bounded number; each stays until it is decided, and is sent again under its id for as long as that takes,
 * whatever the server answers: nothing is dropped. Lives in memory only: with the process goes what was not decided, which is why
 * `close` hands it over. While it holds events the process does not end by itself.
 */
export function createQueue(host: QueueHost, options: QueueOptions = {}): Queue {
  const { batchEvents = 500, batchMs = 1000, concurrency = 4, whenFull = 'wait' } = options;
  const { maxEvents = 10_000, maxBytes = 64 * 1024 * 1024 } = options;
  for (const [name, value] of Object.entries({ batchEvents, concurrency, maxEvents, maxBytes }))
    if (!(value >= 1)) throw new RangeError(`${name} must be at least 1`);
  const room = createRoom(maxEvents, maxBytes);
  const waiting: Item[] = [];
  const undecided = new Set<Item>();
  const flushes = new Set<{ readonly left: Set<Item>; readonly done: () => void }>();
  const ended = new AbortController();
  let closing: Promise<{ readonly undecided: readonly SentEvent[] }> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let senders = 0;
  /** So many at the head of `waiting` go out without more of them. */
  let due = 0;

  const push = (item: Item): void => {
    undecided.add(item);
    waiting.push(item);
    if (waiting.length >= batchEvents) due = Math.max(due, waiting.length - (waiting.length % batchEvents));
    start();
  };
  const start = (): void => {
    while (senders < concurrency && due > 0) void send(takeBatch());
    if (waiting.length > due && timer === undefined) timer = setTimeout(onTimer, batchMs);
  };
  const onTimer = (): void => {
    timer = undefined;
    due = waiting.length;
    start();
  };
  const takeBatch = (): Item[] => {
    let bytes = 0;
    let count = 0;
    for (const item of waiting.slice(0, Math.min(due, batchEvents))) {
      bytes += item.bytes;
      if (count > 0 && bytes > BATCH_BYTES) break;
      count += 1;
    }
    due -= count;
    return waiting.splice(0, count);
  };
  const send = async (batch: readonly Item[]): Promise<void> => {
    senders += 1;
    try {
      await deliver(batch, {
        post: (items) => host.post(items, ended.signal),
        onResult: decide,
        beforeRetry: async (problem) => {
          const { error, attempt, items } = problem;
          tell(() => options.onRetry?.({ error, attempt, events: items.length }));
          await host.pause(problem, ended.signal);
        },
      });
    } catch (error) {
      // Ended by close(): what is undecided is handed over there.
      if (!ended.signal.aborted) throw error;
    } finally {
      senders -= 1;
    }
    if (!ended.signal.aborted) start();
  };
  const decide = (item: Item, result: EventResult): void => {
    undecided.delete(item);
    room.leave(item.bytes);
    for (const flush of flushes) if (flush.left.delete(item) && flush.left.size === 0) flush.done();
    const { status } = result;
    tell(() => options.onDecided?.(item.event, result));
    if (status === 'conflict' || status === 'rejected')
      tell(() => options.onRefused?.(item.event, { ...result, status }));
  };
  const flush = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      due = waiting.length;
      clearTimeout(timer);
      timer = undefined;
      start();
      if (undecided.size === 0) return resolve();
      const entry = { left: new Set(undecided), done: () => end(resolve) };
      const onAbort = () => end(() => reject(signal?.reason));
      const end = (settle: () => void): void => {
        flushes.delete(entry);
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      flushes.add(entry);
      signal?.addEventListener('abort', onAbort, { once: true });
    });

  return {
    async add(event, { signal } = {}) {
      if (closing) throw new QueueError('closed');
      const item = host.makeItem(event);
      if (!room.enter(item.bytes)) {
        if (whenFull === 'reject') throw new QueueError('full');
        await room.wait(item.bytes, signal);
      }
      push(item);
    },
    flush: ({ signal } = {}) => flush(signal),
    close({ timeoutMs = 10_000 } = {}) {
      closing ??= (async () => {
        room.close(new QueueError('closed'));
        const late = new AbortController();
        const giveUp = setTimeout(() => late.abort(), timeoutMs);
        // Who just got room may come in after the first.
        do await flush(late.signal).catch(() => {});
        while (undecided.size > 0 && !late.signal.aborted);
        clearTimeout(giveUp);
        clearTimeout(timer);
        ended.abort(new QueueError('closed'));
        return { undecided: [...undecided].map(({ event }) => event) };
      })();
      return closing;
    },
    get size() {
      return undecided.size;
    },
  };
}
