import { CommandError } from '../errors.ts';
import type { Draft } from './draft.ts';
import { type Answer, interpretAnswer, type Verdict } from './interpret-answer.ts';

export interface SenderOptions {
  readonly url: string;
  readonly key: string;
  /** How long nothing may be decided before it gives up. */
  readonly patienceMs: number;
  readonly requestTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface Sender {
  /**
   * Sends the events until each has a verdict, and tells each as soon as it is known. May be called several times at once.
   * @throws CommandError when that cannot be reached: refused, or nothing decided for too long.
   */
  send(events: readonly Draft[], onVerdict: (at: number, verdict: Verdict) => void): Promise<void>;
  /** Requests that had to be repeated. */
  repeated(): number;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const LONGEST_ASKED_PAUSE_MS = 30_000;

/**
 * Delivery of events over HTTP. An event without a verdict may or may not have been taken, so it is sent again as it was, with the
 * same id, until there is one; ingest counts it once. If this process dies, running it again does the same.
 */
export function createSender(options: SenderOptions): Sender {
  const { patienceMs, now, sleep, random, signal } = options;
  let decidedAt = now();
  let underWay = 0;
  let repeated = 0;

  async function send(events: readonly Draft[], onVerdict: (at: number, verdict: Verdict) => void): Promise<void> {
    // Waiting for the file to be read is not waiting for an answer.
    if (underWay === 0) decidedAt = now();
    underWay += 1;
    try {
      await deliver(
        events.map((event, at) => ({ event, at })),
        onVerdict,
      );
    } finally {
      underWay -= 1;
    }
  }

  async function deliver(items: readonly Item[], onVerdict: (at: number, verdict: Verdict) => void): Promise<void> {
    let open = items;
    for (let attempt = 0; open.length > 0; attempt++) {
      const { answer, askedPauseMs } = await post(
        options,
        open.map(({ event }) => event),
      );
      if (answer.kind === 'too large') {
        const single = open.length === 1 ? open[0] : undefined;
        if (single) {
          onVerdict(single.at, { status: 'rejected', code: 'body_too_large', detail: answer.reason });
          return;
        }
        const half = Math.ceil(open.length / 2);
        await deliver(open.slice(0, half), onVerdict);
        await deliver(open.slice(half), onVerdict);
        return;
      }
      const before = open.length;
      if (answer.kind === 'verdicts') open = settle(open, answer.verdicts, onVerdict);
      if (open.length === 0) {
        decidedAt = now();
        return;
      }
      if (open.length < before) {
        decidedAt = now();
        attempt = 0;
      }
      repeated += 1;
      const reason = answer.kind === 'again' ? answer.reason : 'ingest cannot reach its event log';
      await pause(attempt, askedPauseMs, reason);
    }
  }

  async function pause(attempt: number, askedMs: number, reason: string): Promise<void> {
    const left = decidedAt + patienceMs - now();
    if (left <= 0)
      throw new CommandError(
        `gave up: for ${Math.round(patienceMs / 1000)} s no event could be delivered to ${options.url} (${reason}). Nothing is lost: run the same command again; events that were taken are counted once.`,
      );
    const backOff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + random() / 2);
    await sleep(Math.min(left, Math.max(backOff, Math.min(askedMs, LONGEST_ASKED_PAUSE_MS))), signal);
  }

  return { send, repeated: () => repeated };
}

interface Item {
  readonly event: Draft;
  readonly at: number;
}

function settle(
  items: readonly Item[],
  verdicts: readonly (Verdict | undefined)[],
  onVerdict: (at: number, verdict: Verdict) => void,
): Item[] {
  return items.filter((item, position) => {
    const verdict = verdicts[position];
    if (verdict) onVerdict(item.at, verdict);
    return verdict === undefined;
  });
}

async function post(
  { url, key, fetch, requestTimeoutMs, signal }: SenderOptions,
  events: readonly Draft[],
): Promise<{ answer: Answer; askedPauseMs: number }> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
      // A redirect would turn the POST into a GET and carry the key elsewhere.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    });
    body = await response.text();
  } catch (error) {
    // An interruption ends the work; everything else on the way leaves open whether the events arrived.
    signal.throwIfAborted();
    return { answer: { kind: 'again', reason: describe(error as Error) }, askedPauseMs: 0 };
  }
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return {
    answer: interpretAnswer(response.status, body, events),
    askedPauseMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0,
  };
}

/** fetch hides what happened in its cause; a host with several addresses in the parts of that. */
function describe(error: Error): string {
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return inner instanceof Error ? inner.message || inner.name : error.message;
}
