import { CommandError } from '../errors.ts';
import type { Draft } from './draft.ts';

/** What ingest decided about one event. */
export type Verdict =
  | { readonly status: 'accepted' }
  | { readonly status: 'duplicate' }
  | {
      readonly status: 'conflict' | 'rejected';
      readonly code?: string;
      readonly detail: string;
      readonly pointer?: string;
    };

/** A verdict per event, `undefined` where ingest does not know; or nothing at all, to be asked again; or too much at once. */
export type Answer =
  | { readonly kind: 'verdicts'; readonly verdicts: readonly (Verdict | undefined)[] }
  | { readonly kind: 'again'; readonly reason: string }
  | { readonly kind: 'too large'; readonly reason: string };

const AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);
const RESULTS = new Set([200, 207, 422, 503]);

/**
 * Reads an answer of POST /v1/events to exactly these events. Doubt is never a verdict: what cannot be matched with an event is asked
 * again or refused. @throws CommandError where asking again cannot help.
 */
export function interpretAnswer(status: number, body: string, events: readonly Draft[]): Answer {
  const parsed = parseObject(body);
  if (RESULTS.has(status) && Array.isArray(parsed?.results)) return readResults(parsed.results, events);
  const detail = typeof parsed?.detail === 'string' ? parsed.detail : body.trim().slice(0, 200);
  if (status === 413) return { kind: 'too large', reason: detail };
  if (AGAIN.has(status)) return { kind: 'again', reason: `answer ${status}${detail && `: ${detail}`}` };
  if (status === 200) return { kind: 'again', reason: 'an answer that cannot be read' };
  throw new CommandError(refusal(status, detail));
}

function refusal(status: number, detail: string): string {
  if (status === 401) return `TOLLBOOK_API_KEY is not accepted: ${detail}`;
  if (status === 403) return `the key in TOLLBOOK_API_KEY may not send events: ${detail}`;
  if (status === 404 || status === 405)
    return `nothing takes events at TOLLBOOK_URL (answer ${status}). Where ingest runs as a process of its own, its address is needed, for instance http://127.0.0.1:8081.`;
  if (status >= 300 && status < 400)
    return `TOLLBOOK_URL answers with a redirect (${status}): set it to the address that it leads to`;
  return `POST /v1/events was refused with ${status}: ${detail}`;
}

function readResults(results: readonly unknown[], events: readonly Draft[]): Answer {
  if (results.length !== events.length)
    return { kind: 'again', reason: `${results.length} results for ${events.length} events` };
  const verdicts: (Verdict | undefined)[] = [];
  for (const [at, result] of results.entries()) {
    if (typeof result !== 'object' || result === null) return { kind: 'again', reason: 'a result that is no object' };
    const { id, status, code, detail, pointer } = result as Record<string, unknown>;
    // A rejected event may have an id that ingest could not read; any other result must be that of this event.
    if (id !== events[at]?.id && !(status === 'rejected' && id === null))
      return { kind: 'again', reason: `a result for the event ${JSON.stringify(id)} in the place of another` };
    if (status === 'accepted' || status === 'duplicate') verdicts.push({ status });
    else if (status === 'conflict' || status === 'rejected') {
      const fallback = status === 'conflict' ? 'another event with this id was there first' : 'no reason was given';
      verdicts.push({
        status,
        detail: typeof detail === 'string' ? detail : fallback,
        ...(typeof code === 'string' && { code }),
        ...(typeof pointer === 'string' && { pointer }),
      });
    } else verdicts.push(undefined);
  }
  return { kind: 'verdicts', verdicts };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
