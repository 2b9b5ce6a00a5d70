import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { openApiOf } from './open-api.ts';
import { defineRoute } from './route.ts';

const route = defineRoute({
  method: 'POST',
  path: '/v1/things/{key}/parts',
  scope: 'write',
  summary: 'Add a part',
  query: z.strictObject({ dry: z.enum(['true']).optional().describe('Only looks') }),
  body: z.strictObject({ size: z.string().default('1'), at: z.string().transform(Number) }),
  response: z.object({ id: z.string() }),
  status: 201,
  handler: async () => ({}),
});

test('a route is described by its own schemas', () => {
  const document = openApiOf([route], { title: 'T', version: '1' }) as {
    paths: Record<string, Record<string, unknown>>;
  };
  expect(document.paths['/v1/things/{key}/parts']?.post).toEqual({
    operationId: 'post_v1_things_key_parts',
    summary: 'Add a part',
    description: 'Needs a key with the scope `write`.',
    tags: ['things'],
    parameters: [
      { name: 'key', in: 'path', required: true, schema: { type: 'string', minLength: 1, maxLength: 255 } },
      {
        name: 'dry',
        in: 'query',
        required: false,
        description: 'Only looks',
        schema: { type: 'string', enum: ['true'] },
      },
      {
        name: 'Idempotency-Key',
        in: 'header',
        required: false,
        description: expect.any(String),
        schema: { type: 'string', minLength: 1 },
      },
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { size: { default: '1', type: 'string' }, at: { type: 'string' } },
            required: ['at'],
            additionalProperties: false,
          },
        },
      },
    },
    responses: {
      201: {
        description: 'Done',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { id: { type: 'string' } },
              required: ['id'],
              additionalProperties: false,
            },
          },
        },
      },
      default: { $ref: '#/components/responses/Problem' },
    },
  });
});
