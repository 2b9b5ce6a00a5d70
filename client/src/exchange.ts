import type { Surroundings } from './surroundings.ts';
import { toConnectionError, toError } from './to-error.ts';

export interface Connection extends Surroundings {
  /** Without a slash at its end. */
  readonly url: string;
  /** Asked for each request, so that a key can be changed while the program runs. */
  readonly apiKey: () => string | Promise<string>;
  /** For each attempt, until the answer is read whole; of a stream, until it begins. */
  readonly timeoutMs: number;
}

export interface OneRequest<Answer> {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** Reads the answer. Given every answer, or none but successes when `isError` is left out. */
  readonly read: (response: Response) => Promise<Answer>;
  readonly isError?: (response: Response) => boolean;
}

/**
 * One request, once.
 * @throws TollbookError when it is refused, TollbookConnectionError when there is no answer, the signal's reason when it aborts
 */
export async function exchange<Answer>(connection: Connection, request: OneRequest<Answer>): Promise<Answer> {
  const { method, path, body, signal, read } = request;
  const what = `${method} ${path.split('?')[0]}`;
  const timeoutMs = request.timeoutMs ?? connection.timeoutMs;
  const key = await connection.apiKey();
  signal?.throwIfAborted();
  const controller = new AbortController();
  const onAbort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  let isTimeout = false;
  const timer = setTimeout(() => {
    isTimeout = true;
    controller.abort(new Error('timeout'));
  }, timeoutMs);
  let refusal: Error | undefined;
  try {
    const response = await connection.fetch(`${connection.url}${path}`, {
      method,
      headers: {
        accept: 'application/json, */*;q=0.5',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...request.headers,
        authorization: `Bearer ${key}`,
      },
      ...(body !== undefined && { body }),
      // A redirect would turn a POST into a GET and carry the key elsewhere.
      redirect: 'manual',
      signal: controller.signal,
    });
    if (!(request.isError ?? isNoSuccess)(response)) return await read(response);
    refusal = toError(what, response, await response.text(), connection.now());
  } catch (error) {
    signal?.throwIfAborted();
    throw toConnectionError(what, error, isTimeout ? timeoutMs : undefined);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
  throw refusal;
}

const isNoSuccess = (response: Response): boolean => !response.ok;
