import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerUnread } from './answer-unread.ts';
import { guardArrival } from './arrival.ts';

export interface RunningServer {
  readonly port: number;
  /** Takes no more connections, lets requests in hand finish, cuts what is left after 8 s. */
  close(): Promise<void>;
}

/** All of them together; more are answered 431. */
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 60_000;
const CHECK_EVERY_MS = 5000;
const KEEP_ALIVE_MS = 65_000;
const CLOSE_WITHIN_MS = 8000;
/** Half of what many systems let a process open, which also has files and connections to the database. */
const MAX_CONNECTIONS = 2000;

/** Serves an app. @throws Error with one sentence when the port cannot be had. */
export async function listen(
  app: RequestListener,
  options: {
    readonly port: number;
    readonly host?: string;
    readonly closeWithinMs?: number;
    /** One more is cut at once, and told to `onRefused`. */
    readonly maxConnections?: number;
    readonly onRefused?: () => void;
    /** Within which the headers of a request must have arrived. */
    readonly headersWithinMs?: number;
    /** Within which a request must have arrived whole, unless its reader lets it take its time. */
    readonly requestWithinMs?: number;
    readonly checkEveryMs?: number;
  },
): Promise<RunningServer> {
  const server = createServer(
    {
      // Against clients that send a byte now and then.
      headersTimeout: options.headersWithinMs ?? HEADERS_WITHIN_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: 0,
      connectionsCheckingInterval: options.checkEveryMs ?? CHECK_EVERY_MS,
      // Longer than the idle time of usual load balancers, so that they close first.
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    app,
  );
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  server.on('drop', () => options.onRefused?.());
  guardArrival(server, options.requestWithinMs ?? REQUEST_WITHIN_MS, options.checkEveryMs ?? CHECK_EVERY_MS);
  answerUnread(server);
  let closing = false;
  // Before the app, which may answer at once.
  server.prependListener('request', (_request, response) => {
    // A connection in use when the server closes gets its answer and ends; kept alive it would hold the process.
    if (closing) response.setHeader('Connection', 'close');
    response.once('close', () => {
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
  });
  await bind(server, options.port, options.host);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), options.closeWithinMs ?? CLOSE_WITHIN_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

function bind(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describe(error, port, host)));
    server.listen({ port, ...(host !== undefined && { host }) }, () => resolve());
  });
}

function describe(error: NodeJS.ErrnoException, port: number, host: string | undefined): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(
        `Port ${port} is in use: end what uses it, or set TOLLBOOK_PORT to another one (0 takes a free one).`,
        { cause: error },
      );
    case 'EACCES':
      return new Error(`Port ${port} may not be used by this user: set TOLLBOOK_PORT to one above 1023.`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(`This machine has no address ${host}: correct TOLLBOOK_HOST.`, { cause: error });
    default:
      return error;
  }
}
