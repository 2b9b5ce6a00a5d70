import type { Request } from 'express';
import type { Pool } from '#libs/database/pool.ts';
import { ApiError, type ProblemCode } from '../errors.ts';
import { problemOf, toApiError } from '../problem.ts';
import type { Route, RouteAnswer } from '../route.ts';
import { answerOnce } from './answer-once.ts';
import { readKey } from './read-key.ts';
import type { StoredAnswer } from './stored-answer.ts';

export interface Keyed {
  readonly route: Route;
  readonly request: Request;
  readonly requestId: string;
  readonly organizationId: number | null;
  /** Of the role tollbook_api, the one that the handlers use; without it no key is taken. */
  readonly pool: Pool | undefined;
}

/** What `handle` answers, at most once for each Idempotency-Key where the route takes one. */
export async function answerKeyed(
  call: Keyed,
  handle: (isKeyed: boolean) => Promise<RouteAnswer>,
): Promise<RouteAnswer> {
  const { route, request, organizationId, pool } = call;
  if (request.headers['idempotency-key'] === undefined || route.idempotency === 'needless') return handle(false);
  if (route.idempotency === 'refused' || organizationId === null || pool === undefined)
    throw new ApiError(
      'idempotency_key_not_taken',
      `${route.method} ${route.path} takes no Idempotency-Key: its answer holds a secret, which is stored nowhere. Leave the header out; if the answer is lost, make another and revoke the one before.`,
    );
  const keyed = readKey(request, organizationId);
  if (keyed === undefined) return handle(false);
  const { answer, isReplayed } = await answerOnce(pool, keyed, () => storable(call, () => handle(true)));
  return {
    status: answer.status,
    headers: { ...answer.headers, ...(isReplayed && { 'Idempotency-Replayed': 'true' }) },
    ...(answer.body !== null && { body: Buffer.from(answer.body) }),
  };
}

/** Refusals by state are kept, too: they are what the request was answered. Those that say "try again" are not. */
const TRY_AGAIN: readonly ProblemCode[] = ['changed_meanwhile', 'idempotency_key_in_use', 'test_clock_advancing'];
const isKept = (error: ApiError): boolean =>
  (error.status === 404 || error.status === 409) && !TRY_AGAIN.includes(error.code);

async function storable({ route, requestId }: Keyed, handle: () => Promise<RouteAnswer>): Promise<StoredAnswer> {
  try {
    const { status = route.status, headers = {}, body } = await handle();
    if (Buffer.isBuffer(body)) throw new Error(`${route.method} ${route.path} takes keys and must answer JSON`);
    if (body === undefined) return { status, headers, body: null };
    return {
      status,
      headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
      body: JSON.stringify(body),
    };
  } catch (thrown) {
    const error = toApiError(thrown);
    if (!isKept(error)) throw thrown;
    return {
      status: error.status,
      headers: { ...error.headers, 'Content-Type': 'application/problem+json; charset=utf-8' },
      body: JSON.stringify(problemOf(error, requestId)),
    };
  }
}
