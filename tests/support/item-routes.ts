import { z } from 'zod';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute } from '#libs/http/route.ts';

const itemSchema = z.strictObject({
  key: z.string().min(1).max(5),
  count: z.int().min(1).optional(),
  parts: z.array(z.strictObject({ 'a/b': z.string() })).default([]),
});

/** Routes of every kind: JSON, raw and open bodies, faults that only the handler knows, errors. */
export const itemRoutes = [
  defineRoute({
    method: 'POST',
    path: '/v1/items',
    scope: 'write',
    area: 'catalog',
    summary: 'Create',
    body: itemSchema,
    response: z.object({ key: z.string(), organization: z.number() }),
    status: 201,
    moreFaults: async ({ body, organizationId }) =>
      organizationId === 7 && (body as { count?: unknown } | null)?.count === 0
        ? [
            { pointer: '/count', detail: 'is told by the schema already' },
            { pointer: '/key', code: 'unknown', detail: 'does not exist' },
          ]
        : [],
    handler: async ({ body, organizationId }) => ({
      body: { key: body.key, organization: organizationId },
      headers: { Location: `/v1/items/${body.key}` },
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/items/{key}',
    scope: 'read',
    area: 'catalog',
    summary: 'Get',
    query: z.strictObject({ depth: z.coerce.number().int().max(3).default(1) }),
    response: z.object({ key: z.string(), depth: z.number() }),
    async handler({ params, query }) {
      if (params.key === 'bug') throw new Error('secret: host 10.0.0.1');
      if (params.key === 'away')
        throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1'), { code: 'ECONNREFUSED' });
      if (params.key === 'none') throw new ApiError('not_found', 'There is no item "none".');
      return { body: { key: params.key, depth: query.depth } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/items/special',
    scope: 'read',
    area: 'catalog',
    summary: 'Literal',
    response: z.object({ special: z.boolean() }),
    handler: async () => ({ body: { special: true } }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/raw',
    scope: 'write',
    area: 'catalog',
    summary: 'Raw',
    body: 'raw',
    maxBodyBytes: 100,
    response: z.object({ bytes: z.number() }),
    handler: async ({ body }) => ({ body: { bytes: body.length } }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/open',
    scope: 'write',
    area: 'catalog',
    summary: 'Open',
    body: 'open',
    maxBodyBytes: 100,
    response: z.object({ type: z.string().nullable(), text: z.string() }),
    async handler({ body, checkKey }) {
      await checkKey();
      if (body.mediaType !== 'text/lines')
        return { body: { type: body.mediaType ?? null, text: String(await body.whole()) } };
      let text = '';
      for await (const chunk of body.stream(60_000)) text += chunk;
      return { body: { type: body.mediaType, text } };
    },
  }),
];
