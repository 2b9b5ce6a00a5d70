import { type Call, createCall, createStream } from './call.ts';
import { createEvents, type Events } from './events/events.ts';
import type { QueueOptions } from './events/queue.ts';
import type { Connection } from './exchange.ts';
import { createResources, type Resources } from './resources.ts';
import { machine } from './surroundings.ts';

export interface TollbookOptions {
  /** Where the API answers. */
  readonly url: string;
  /** Where events go, if ingest runs as a process of its own. Default: `url`. */
  readonly ingestUrl?: string;
  /** A key of the organization; a function is asked before each request, so that a key can be changed without a restart. */
  readonly apiKey: string | (() => string | Promise<string>);
  /** For each attempt of a request, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** How often a request is sent again where that is safe. Default 4; 0 for never. Queued events are sent until they are decided. */
  readonly retries?: number;
  /** Instead of the global one: with a proxy, or in tests. */
  readonly fetch?: typeof fetch;
  readonly events?: QueueOptions;
}

export interface Tollbook extends Resources {
  readonly events: Events;
  /** Any operation of the API by its name. What the resources do goes through it. */
  readonly call: Call;
}

/** A client of one organization. Asks nothing until it is used; holds no connection and no timer while it has no events to send. */
export function createTollbook(options: TollbookOptions): Tollbook {
  const { apiKey, retries = 4 } = options;
  const connection: Connection = {
    ...machine(options),
    url: baseOf(options.url, 'url'),
    apiKey: typeof apiKey === 'function' ? apiKey : () => apiKey,
    timeoutMs: options.timeoutMs ?? 30_000,
  };
  const ingest: Connection = { ...connection, url: baseOf(options.ingestUrl ?? options.url, 'ingestUrl') };
  const call = createCall(connection, retries);
  return {
    ...createResources(call, createStream(connection, retries)),
    events: createEvents(ingest, call, createCall(ingest, retries), options.events ?? {}),
    call,
  };
}

function baseOf(url: string, name: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new TypeError(`${name} must begin with http:// or https://, not ${url}`);
  return url.replace(/\/+$/, '');
}
