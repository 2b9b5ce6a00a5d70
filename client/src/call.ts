import { TollbookConnectionError, TollbookError } from './errors.ts';
import { type Connection, exchange } from './exchange.ts';
import type { Operations } from './operations.ts';
import { LONGEST_ASKED_MS, pauseMs } from './pause.ts';
import { WITHOUT_KEY } from './without-key.ts';

export type OperationName = keyof Operations;

/** A query takes numbers where the API reads them from text. */
type QueryOf<Query> = {
  readonly [Name in keyof Query]: string extends Query[Name] ? Query[Name] | number : Query[Name];
};
type Part<Key extends string, Value> = Value extends undefined
  ? { readonly [Name in Key]?: undefined }
  : Record<string, never> extends Value
    ? { readonly [Name in Key]?: Value }
    : { readonly [Name in Key]: Value };

/** What an operation takes: `path`, `query` and `body`, as far as it has them. */
export type InputOf<Name extends OperationName> = Part<'path', Operations[Name]['path']> &
  Part<'query', QueryOf<Operations[Name]['query']>> &
  Part<'body', Operations[Name]['body']>;
export type QueryInput<Name extends OperationName> = NonNullable<InputOf<Name>['query']>;
export type BodyOf<Name extends OperationName> = Operations[Name]['body'];
export type AnswerOf<Name extends OperationName> = Operations[Name]['answer'];

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** For each attempt; instead of the client's. */
  readonly timeoutMs?: number;
  /** Names a POST, so that it has its effect once even if it is sent again by another process. Default: a new one for each call. */
  readonly idempotencyKey?: string;
  /** The ETag that a change builds on: where something else came between, it is refused with 412. */
  readonly ifMatch?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sees status and headers (ETag, RateLimit, X-Request-Id) of the answer. */
  readonly onAnswer?: (answer: { readonly status: number; readonly headers: Headers }) => void;
}

/** Any operation of the API, by its name in the OpenAPI document: \`call('GET /v1/customers/{key}', { path: { key: 'acme' } })\`. */
export type Call = <Name extends OperationName>(
  name: Name,
  input: InputOf<Name>,
  options?: CallOptions,
) => Promise<AnswerOf<Name>>;

type Read = (response: Response) => Promise<unknown>;
interface AnyInput {
  readonly path?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

/** @param retries how often a request is sent again after the first time */
export function createCall(connection: Connection, retries: number): Call {
  const call = (name: string, input: AnyInput, options: CallOptions = {}): Promise<unknown> =>
    callAgain(connection, retries, { name, input, options, read: readWhole });
  // What a generic function takes and answers is settled where it is called.
  return call as unknown as Call;
}

/** Like Call, for what comes bit by bit. */
export type Stream = <Name extends OperationName>(
  name: Name,
  input: InputOf<Name>,
  options?: CallOptions,
) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

export function createStream(connection: Connection, retries: number): Stream {
  const stream = (name: string, input: AnyInput, options: CallOptions = {}): Promise<unknown> =>
    callAgain(connection, retries, { name, input, options, read: readStream });
  return stream as unknown as Stream;
}

async function callAgain(
  connection: Connection,
  retries: number,
  { name, input, options, read }: { name: string; input: AnyInput; options: CallOptions; read: Read },
): Promise<unknown> {
  const [method, template] = name.split(' ') as [string, string];
  const isKeyed = method === 'POST' && !WITHOUT_KEY.has(name);
  const request = {
    method,
    path: pathOf(template, input),
    headers: {
      // The same at each attempt: that is what makes a POST that may have arrived safe to be sent again.
      ...(isKeyed && { 'idempotency-key': options.idempotencyKey ?? connection.uuid() }),
      ...(options.ifMatch !== undefined && { 'if-match': options.ifMatch }),
      ...options.headers,
    },
    ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
    signal: options.signal,
    timeoutMs: options.timeoutMs,
    read: (response: Response) => {
      options.onAnswer?.({ status: response.status, headers: response.headers });
      return read(response);
    },
  };
  for (let attempt = 0; ; attempt++) {
    try {
      return await exchange(connection, request);
    } catch (error) {
      const askedMs = error instanceof TollbookError ? error.retryAfterMs : undefined;
      if (
        attempt >= retries ||
        !mayBeSentAgain(method === 'GET' || isKeyed, error) ||
        (askedMs ?? 0) > LONGEST_ASKED_MS
      )
        throw error;
      await connection.sleep(pauseMs(attempt, connection.random(), askedMs), options.signal);
    }
  }
}

const NOT_BEGUN = new Set([429, 503]);
const UNKNOWN = new Set([408, 425, 502, 504]);

/** Where the server may have done what was asked, only what has the same effect twice is asked again: reading, and POST with its key. */
function mayBeSentAgain(isSame: boolean, error: unknown): boolean {
  if (error instanceof TollbookConnectionError) return isSame;
  if (!(error instanceof TollbookError)) return false;
  // The first attempt of this very request is still under way.
  if (isSame && error.status === 409) return error.retryAfterMs !== undefined;
  return NOT_BEGUN.has(error.status) || (isSame && UNKNOWN.has(error.status));
}

const OF_THE_API = /^(application\/(json|pdf|x-ndjson)|text\/csv)\b/;

/** The page of a proxy or of another server is no answer, whatever its status. */
function typeOf({ headers }: Response): string {
  const type = headers.get('content-type') ?? 'none';
  if (!OF_THE_API.test(type)) throw new Error(`an answer of type ${type} is none of the API: is this its address?`);
  return type;
}

async function readStream(response: Response): Promise<unknown> {
  typeOf(response);
  return response.body;
}

async function readWhole(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  return /\/json\b/.test(typeOf(response))
    ? JSON.parse(await response.text())
    : new Uint8Array(await response.arrayBuffer());
}

function pathOf(template: string, { path = {}, query = {} }: AnyInput): string {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = path[name];
    if (value === undefined || value === '') throw new TypeError(`${template} needs ${name}`);
    return encodeURIComponent(String(value));
  });
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.append(name, value instanceof Date ? value.toISOString() : String(value));
  return parameters.size === 0 ? filled : `${filled}?${parameters}`;
}
