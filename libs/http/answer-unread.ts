import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError } from './errors.ts';
import { problemOf } from './problem.ts';

/**
 * What Node cannot read as a request never reaches the app: it is refused here, as problem details like all else, and its connection ends.
 * Where an earlier request of the connection is still being answered nothing is written, since it would be taken for that answer.
 */
export function answerUnread(server: Server): void {
  const latest = new WeakMap<Duplex, readonly [IncomingMessage, ServerResponse]>();
  server.prependListener('request', (request, response) => latest.set(request.socket, [request, response]));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const [request, response] = latest.get(socket) ?? [];
    const isBetweenRequests = response === undefined || response.writableFinished;
    const isInItsBody = request?.complete === false && response?.headersSent === false;
    if (socket.writable && error.code !== 'ECONNRESET' && (isBetweenRequests || isInItsBody))
      socket.end(refusal(error), () => socket.destroy());
    else socket.destroy();
  });
}

function refusal({ code }: NodeJS.ErrnoException): string {
  const requestId = randomUUID();
  const problem = problemOf(reasonOf(code), requestId);
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

function reasonOf(code: string | undefined): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ApiError('headers_too_large', 'Path and headers together are larger than 16 KiB.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new ApiError('request_timeout', 'The headers of the request did not arrive in time.');
  return new ApiError(
    'invalid_http',
    'This is no request of HTTP/1.1, or its body ends otherwise than its headers say.',
  );
}
