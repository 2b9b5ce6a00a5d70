import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { serveWorker } from '../worker/serve-worker.ts';

/*
 * The limit of the transport: a server that reads the same bodies and answers that all events were taken. `parse` with JSON.parse,
 * `express` the same behind Express, `sink` without looking into the body: what the load generator does alone.
 */

export interface HttpOptions {
  readonly kind: 'sink' | 'parse' | 'express';
  readonly eventsPerRequest: number;
}

function answer(response: ServerResponse, events: number): void {
  const body = `{"accepted":${events},"duplicates":0,"failed":[]}`;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

function handle({ kind, eventsPerRequest }: HttpOptions, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => {
    if (kind !== 'sink') chunks.push(chunk);
  });
  request.on('end', () => {
    if (kind === 'sink') return answer(response, eventsPerRequest);
    const { events } = JSON.parse(Buffer.concat(chunks).toString()) as { events: unknown[] };
    answer(response, events.length);
  });
}

serveWorker<HttpOptions, { readonly url: string }, null>(async (options) => {
  const listener = (request: IncomingMessage, response: ServerResponse) => handle(options, request, response);
  const server = createServer(options.kind === 'express' ? express().post('/v1/events', listener) : listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { info: { url: `http://127.0.0.1:${port}` }, run: async () => null };
});
