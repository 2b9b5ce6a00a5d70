import { z } from 'zod';
import { openApiOf } from '#libs/http/open-api.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';

/** The description of all these routes, and of itself. */
export function openApiRoute(routes: readonly Route[]): Route {
  let document: unknown;
  const own: Route = defineRoute({
    method: 'GET',
    path: '/openapi.json',
    scope: 'public',
    summary: 'This description, OpenAPI 3.1',
    response: z.looseObject({ openapi: z.literal('3.1.0') }),
    async handler() {
      // Once, and not before it is asked for: hundreds of schemas.
      document ??= openApiOf([...routes, own], { title: 'Tollbook', version: '0.1.0' });
      return { body: document };
    },
  });
  return own;
}
