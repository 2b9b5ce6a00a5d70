import { z } from 'zod';
import { problems } from './errors.ts';
import { placeholdersOf, type Route } from './route.ts';
import { shareSchemas } from './share-schemas.ts';

type Json = Readonly<Record<string, unknown>>;

interface Info {
  readonly title: string;
  readonly version: string;
}

/**
 * The routes as an OpenAPI 3.1 document, made from the schemas that check requests and answers, so that it cannot tell of anything else.
 * Routes of the operator and public ones are part of it. What is equal stands once.
 */
export const openApiOf = (routes: readonly Route[], info: Info): Json => shareSchemas(describeRoutes(routes, info));

/** The same with each schema written where it is used. */
export function describeRoutes(routes: readonly Route[], info: Info): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of [...routes].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    paths[route.path] ??= {};
    (paths[route.path] as Record<string, Json>)[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info,
    security: [{ bearer: [] }, { api_key: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        api_key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
      schemas: { Problem: PROBLEM },
      responses: {
        Problem: {
          description: 'Refused, with a sentence that says why',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}

const PROBLEM: Json = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'A sentence: what was wrong, where, what to do' },
    code: { type: 'string', enum: Object.keys(problems) },
    request_id: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer into the body' },
          in: { type: 'string', enum: ['query'] },
          code: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
};

function operationOf(route: Route): Json {
  const { path, scope, summary, body, response, status, alsoStatus, alsoTypes } = route;
  const types = Object.fromEntries(alsoTypes.map((type) => [type, { schema: { type: 'string' } }]));
  const done = {
    description: 'Done',
    ...(status !== 204 && { content: { ...contentOf(response, 'output'), ...types } }),
  };
  return {
    operationId: operationIdOf(route),
    summary,
    tags: [path.split('/').find((part, index) => index > 0 && part !== 'v1' && !part.startsWith('{')) ?? 'other'],
    ...(scope === 'public' ? { security: [] } : { description: `Needs a key with the scope \`${scope}\`.` }),
    parameters: [...parametersOf(route, 'path'), ...parametersOf(route, 'query'), ...headersOf(route)],
    ...(body !== undefined && { requestBody: { required: true, content: bodyOf(route) } }),
    responses: {
      ...Object.fromEntries([status, ...alsoStatus].map((each) => [each, done])),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

/** get_v1_meters_key: stable, since generated clients name their functions by it. */
const operationIdOf = ({ method, path }: Route): string =>
  `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`;

function parametersOf({ path, params, query }: Route, place: 'path' | 'query'): Json[] {
  const schema = schemaOf(place === 'path' ? params : query, 'input');
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Json>;
    required?: readonly string[];
  };
  const names = place === 'path' ? placeholdersOf(path) : Object.keys(properties);
  return names.map((name) => {
    const { description, ...own } = properties[name] ?? { type: 'string' };
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description !== undefined && { description }),
      schema: own,
    };
  });
}

const headersOf = ({ idempotency, matches }: Route): Json[] =>
  [
    idempotency === 'taken' && [
      'Idempotency-Key',
      'With the same one it is done once, and answered alike for 24 hours',
    ],
    matches && ['If-Match', 'ETag of what is changed, as GET told it: done only if it is still so'],
  ]
    .filter((header) => Array.isArray(header))
    .map(([name, description]) => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string', minLength: 1 },
    }));

function bodyOf({ body, openBody }: Route): Json {
  if (!openBody) return contentOf(body as z.ZodType | 'raw' | 'open', 'input');
  return Object.fromEntries(
    Object.entries(openBody).map(([type, schema]) => [type, { schema: schemaOf(schema, 'input') }]),
  );
}

function contentOf(body: z.ZodType | 'raw' | 'open' | 'binary', io: 'input' | 'output'): Json {
  if (typeof body === 'string') return { '*/*': { schema: {} } };
  return { 'application/json': { schema: schemaOf(body, io) } };
}

/** What no JSON schema can say, such as a refinement, is left out of it. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  return rest as Json;
}
