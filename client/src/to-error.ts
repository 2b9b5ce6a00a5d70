import { type Fault, TollbookConnectionError, TollbookError } from './errors.ts';
import { retryAfterMs } from './pause.ts';

/** An answer that is no success as an error. Also one that no Tollbook has written, such as that of a proxy. */
export function toError(what: string, response: Response, text: string, now: number): TollbookError {
  const { code, detail, title, errors, request_id: requestId } = parse(text);
  const { status, headers } = response;
  const faults = Array.isArray(errors) ? (errors as readonly Fault[]) : [];
  const said = typeof detail === 'string' ? detail : typeof title === 'string' ? title : text.trim().slice(0, 200);
  const listed = faults.length > 1 ? `\n${faults.map((fault) => `  ${fault.pointer} ${fault.detail}`).join('\n')}` : '';
  return new TollbookError(`${what} was refused: ${listed || said || `HTTP ${status}`}`, {
    status,
    code: typeof code === 'string' ? code : `http_${status}`,
    faults,
    requestId: typeof requestId === 'string' ? requestId : (headers.get('x-request-id') ?? undefined),
    retryAfterMs: retryAfterMs(headers.get('retry-after'), now),
  });
}

/** What fetch threw. It hides the reason in its cause; a host with several addresses in the parts of that. */
export function toConnectionError(what: string, error: unknown, timedOutAfterMs?: number): TollbookConnectionError {
  const isTimeout = timedOutAfterMs !== undefined;
  const reason = isTimeout ? `no answer within ${timedOutAfterMs} ms` : reasonOf(error);
  return new TollbookConnectionError(`${what}: ${reason}`, { cause: error, isTimeout });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return inner instanceof Error ? inner.message || inner.name : error.message;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
