// biome-ignore-all lint/suspicious/noAssignInExpressions: each change is one assignment.
import { expect, test } from '@jest/globals';
import type { OpenApiDocument } from '#libs/http/html/open-api-document.ts';
import { breakingChanges } from './breaking-changes.ts';

type Loose = Record<string, unknown>;

const document = (): Loose => ({
  info: { title: 't', version: '1' },
  paths: {
    '/v1/plans': {
      post: {
        operationId: 'post_plans',
        summary: 's',
        tags: ['plans'],
        parameters: [{ name: 'dry', in: 'query', required: false, schema: { type: 'string', enum: ['yes', 'no'] } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Plan' } } } },
        responses: { 201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Plan' } } } } },
      },
    },
  },
  components: {
    schemas: {
      Plan: {
        type: 'object',
        required: ['key'],
        properties: {
          key: { type: 'string', maxLength: 64 },
          interval: { type: 'string', enum: ['month', 'year'] },
          note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
          prices: {
            type: 'array',
            items: {
              oneOf: [
                {
                  type: 'object',
                  required: ['model'],
                  properties: { model: { const: 'flat' }, amount: { type: 'string' } },
                },
                {
                  type: 'object',
                  required: ['model'],
                  properties: { model: { const: 'tier' }, bound: { type: 'string' } },
                },
              ],
            },
          },
        },
      },
    },
  },
});

// biome-ignore lint/suspicious/noExplicitAny: changes reach deep into plain JSON.
type Change = (changed: any) => void;
const changesOf = (change: Change): string[] => {
  const after = document();
  change({
    operation: (after as { paths: Loose }).paths,
    plan: (after as { components: { schemas: Loose } }).components.schemas.Plan,
  });
  return breakingChanges(document() as never as OpenApiDocument, after as never as OpenApiDocument);
};
const post = '/v1/plans';

test.each<[string, Change, readonly string[]]>([
  ['a removed path', ({ operation }) => void delete operation[post], ['POST /v1/plans was removed']],
  [
    'a renamed operation',
    ({ operation }) => void (operation[post].post.operationId = 'x'),
    ['POST /v1/plans: its operationId was post_plans'],
  ],
  [
    'a removed parameter',
    ({ operation }) => void (operation[post].post.parameters = []),
    ['POST /v1/plans: parameter query dry was removed'],
  ],
  [
    'a parameter that is required',
    ({ operation }) => void (operation[post].post.parameters[0].required = true),
    ['POST /v1/plans: parameter query dry is required now'],
  ],
  [
    'a narrower parameter',
    ({ operation }) => void (operation[post].post.parameters[0].schema.enum = ['yes']),
    ['POST /v1/plans: parameter query dry: does not take ["no"] any more'],
  ],
  [
    'another status',
    ({ operation }) => void (operation[post].post.responses = { 200: operation[post].post.responses[201] }),
    ['POST /v1/plans: does not answer 201 any more'],
  ],
  [
    'a body that is gone',
    ({ operation }) => void delete operation[post].post.requestBody,
    ['POST /v1/plans: takes no body any more'],
  ],
  [
    'a removed field',
    ({ plan }) => void delete plan.properties.interval,
    ['POST /v1/plans: body/interval was removed', 'POST /v1/plans: answer 201/interval was removed'],
  ],
  [
    'a retyped field',
    ({ plan }) => void (plan.properties.key = { type: 'integer' }),
    ['POST /v1/plans: body/key: string is not taken any more', 'POST /v1/plans: answer 201/key: can be integer now'],
  ],
  [
    'a new required field',
    ({ plan }) => {
      plan.properties.name = { type: 'string' };
      plan.required.push('name');
    },
    ['POST /v1/plans: body/name is required now'],
  ],
  [
    'a field that may be missing',
    ({ plan }) => void (plan.required = []),
    ['POST /v1/plans: answer 201/key may be missing now'],
  ],
  [
    'a narrower enum',
    ({ plan }) => void plan.properties.interval.enum.pop(),
    ['POST /v1/plans: body/interval: does not take ["year"] any more'],
  ],
  [
    'a new enum',
    ({ plan }) => void (plan.properties.key.enum = ['a']),
    ['POST /v1/plans: body/key: only takes ["a"] now'],
  ],
  [
    'a shorter text',
    ({ plan }) => void (plan.properties.key.maxLength = 10),
    ['POST /v1/plans: body/key: maxLength is 10 now'],
  ],
  [
    'a new pattern',
    ({ plan }) => void (plan.properties.key.pattern = '^a'),
    ['POST /v1/plans: body/key: must match ^a now'],
  ],
  [
    'null that is not taken',
    ({ plan }) => void plan.properties.note.anyOf.pop(),
    ['POST /v1/plans: body/note: null is not taken any more'],
  ],
  [
    'null that can come',
    ({ plan }) => void (plan.properties.key = { anyOf: [{ type: 'string', maxLength: 64 }, { type: 'null' }] }),
    ['POST /v1/plans: answer 201/key: can be null now'],
  ],
  [
    'a form that is gone',
    ({ plan }) => void plan.properties.prices.items.oneOf.pop(),
    ['POST /v1/plans: body/prices[]: {model: "tier"} is not taken any more'],
  ],
  [
    'a field of one form',
    ({ plan }) => void delete plan.properties.prices.items.oneOf[0].properties.amount,
    ['POST /v1/plans: body/prices[]/amount was removed', 'POST /v1/plans: answer 201/prices[]/amount was removed'],
  ],
])('%s is found', (_name, change, expected) => expect(changesOf(change)).toEqual(expected));

test.each<[string, Change]>([
  ['nothing', () => {}],
  ['a new operation', ({ operation }) => void (operation['/v1/more'] = operation[post])],
  ['a new optional field', ({ plan }) => void (plan.properties.name = { type: 'string' })],
  [
    'a new optional parameter',
    ({ operation }) =>
      void operation[post].post.parameters.push({ name: 'x', in: 'query', required: false, schema: {} }),
  ],
  ['a wider text', ({ plan }) => void (plan.properties.key.maxLength = 100)],
  ['another description', ({ plan }) => void (plan.description = 'words')],
])('%s breaks nothing', (_name, change) => expect(changesOf(change)).toEqual([]));
