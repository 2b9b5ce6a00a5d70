import type { Request } from 'express';
import type { Pool } from '#libs/database/pool.ts';
import { holdLocks, inSharedTransaction } from '#libs/database/shared-transaction.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError } from './errors.ts';
import { checkIfMatch } from './etag.ts';
import type { AnyCall, Route, RouteAnswer } from './route.ts';

/*
 * If-Match: a change is made only if what it changes still is as its sender saw it. First the locks that the change itself takes are taken; under them
 * the resource is read by the very route that shows it, and its tag compared; then the change is made in the same transaction. So nobody
 * comes in between, and what GET told is what is compared.
 */

export interface Conditional {
  readonly route: Route;
  /** By path, those that show what others change. */
  readonly shownBy: ReadonlyMap<string, Route>;
  readonly pool: Pool | undefined;
  readonly call: AnyCall;
}

export async function answerConditional(
  { route, shownBy, pool, call }: Conditional,
  isShared: boolean,
): Promise<RouteAnswer> {
  const header = call.request.headers['if-match'];
  if (header === undefined || route.method === 'GET') return route.handler(call);
  const { matches } = route;
  const { organizationId } = call;
  const shown = matches && shownBy.get(matches.path ?? route.path);
  if (!matches || !shown || !pool || organizationId === null)
    throw new ApiError(
      'if_match_not_taken',
      `${route.method} ${route.path} takes no If-Match, and does nothing that it could not keep to. Leave the header out.`,
    );
  const check = () =>
    holdLocks(pool, async (tx) => {
      await bind(tx, organizationId);
      await matches.lock(tx, organizationId, call.params);
      const query = matches.query?.(call.params, call.body) ?? {};
      const { body } = await shown.handler({ ...call, query, body: undefined });
      checkIfMatch(header, body, pathOf(call.request));
    });
  if (isShared) {
    await check();
    return route.handler(call);
  }
  return inSharedTransaction({ pool, begin: (tx) => bind(tx, organizationId) }, async (commit) => {
    await check();
    const answer = await route.handler(call);
    await commit(async () => {});
    return answer;
  });
}

const pathOf = (request: Request): string => request.path;

const bind = async (tx: Transaction, organizationId: number): Promise<void> =>
  void (await tx.query("SELECT set_config('tollbook.organization_id', $1, true)", [String(organizationId)]));
