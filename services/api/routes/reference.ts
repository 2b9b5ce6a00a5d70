import { z } from 'zod';
import { ApiError, type ProblemCode, problems } from '#libs/http/errors.ts';
import { PAGE_HEADERS } from '#libs/http/html/page.ts';
import { problemPage, problemsPage } from '#libs/http/html/problem-page.ts';
import { referencePage } from '#libs/http/html/reference-page.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { readOpenApi } from './open-api.ts';

/** Pages for people, made from the description and the registry of problems. Nothing on them comes from another host. */
export function referenceRoutes(): Route[] {
  const page = (path: string, summary: string, make: () => Buffer | Promise<Buffer>): Route =>
    defineRoute({
      method: 'GET',
      path,
      scope: 'public',
      summary,
      response: 'binary',
      handler: async () => ({ body: await make(), headers: PAGE_HEADERS }),
    });
  return [
    referenceRoute('/docs', 'openapi.json'),
    page('/docs/errors', 'All problems, as a page', problemsPage),
    defineRoute({
      method: 'GET',
      path: '/docs/errors/{code}',
      scope: 'public',
      summary: 'What a problem means, when it is answered, what to do; `type` of every problem leads here',
      params: z.object({ code: z.string() }),
      response: 'binary',
      async handler({ params: { code } }) {
        if (!Object.hasOwn(problems, code)) throw new ApiError('not_found', 'There is no problem of this code.');
        return { body: problemPage(code as ProblemCode), headers: PAGE_HEADERS };
      },
    }),
  ];
}

/** A description as a page. Made once. */
export function referenceRoute(path: string, file: string): Route {
  let made: Promise<Buffer> | undefined;
  return defineRoute({
    method: 'GET',
    path,
    scope: 'public',
    summary: 'The reference, as a page',
    response: 'binary',
    async handler() {
      made ??= readOpenApi(file).then((document) => referencePage(document as never));
      return { body: await made, headers: PAGE_HEADERS };
    },
  });
}
