import type { Request, Response } from 'express';
import { etagOf, namesEtag } from './etag.ts';
import { endWithText } from './pack.ts';
import type { Route, RouteAnswer } from './route.ts';

/** Writes an answer; what a GET shows as JSON has a tag, and is left out for whoever has it. */
export async function send(request: Request, response: Response, route: Route, answer: RouteAnswer): Promise<void> {
  const { status = route.status, body, headers } = answer;
  response.status(status);
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (body === undefined) return void response.end();
  if (Buffer.isBuffer(body)) return void response.end(body);
  const text = JSON.stringify(body);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  // What a change answers is what GET would show next.
  const showsIt = route.method === 'GET' || ((route.method === 'PATCH' || route.method === 'PUT') && route.matches);
  if (status === 200 && showsIt) {
    const etag = etagOf(text);
    response.setHeader('ETag', etag);
    const known = route.method === 'GET' ? request.headers['if-none-match'] : undefined;
    if (known !== undefined && namesEtag(known, etag, true)) {
      response.removeHeader('Content-Type');
      return void response.status(304).end();
    }
  }
  await endWithText(request, response, text, route.idempotency !== 'refused');
}
