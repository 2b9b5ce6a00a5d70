import type { IncomingMessage, Server } from 'node:http';

const unhurried = new WeakSet<IncomingMessage>();

/** The request may take as long as it likes to arrive; whoever reads it has to watch that it makes progress. */
export const letTakeItsTime = (request: IncomingMessage): void => void unhurried.add(request);

/**
 * Cuts requests that have not arrived whole within `withinMs`, against clients that send a byte now and then. Stands for Node's
 * `requestTimeout`, which cannot be lifted for the one request that is a stream.
 */
export function guardArrival(server: Server, withinMs: number, everyMs: number): void {
  const arriving = new Map<IncomingMessage, number>();
  server.prependListener('request', (request) => {
    // The parser tells of a request before its body; without one there is nothing to wait for.
    if (!hasBody(request)) return;
    arriving.set(request, Date.now() + withinMs);
    request.once('close', () => arriving.delete(request));
  });
  const timer = setInterval(() => {
    const now = Date.now();
    for (const [request, deadline] of arriving) {
      if (deadline > now) break;
      arriving.delete(request);
      if (!request.complete && !unhurried.has(request)) request.socket.destroy();
    }
  }, everyMs).unref();
  server.once('close', () => clearInterval(timer));
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
