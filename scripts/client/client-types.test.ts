import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { WITHOUT_KEY } from '#client/src/without-key.ts';
import { nativeRoutes } from '../docs/all-routes.ts';
import { clientTypes } from './client-types.ts';
import { format } from './format.ts';
import { openApiDocument } from './open-api-document.ts';
import { type Json, typeOfSchema } from './type-of-schema.ts';

const FILE = 'client/src/operations.ts';

test('the committed types are those of the API; `npm run client:types` writes them anew', async () => {
  const text = await format(clientTypes(openApiDocument()), FILE);
  expect(text === (await readFile(FILE, 'utf8'))).toBe(true);
});

test('the client knows which routes take no Idempotency-Key', () => {
  const refused = nativeRoutes().filter(({ method, idempotency }) => method === 'POST' && idempotency === 'refused');
  expect([...WITHOUT_KEY].sort()).toEqual(refused.map(({ method, path }) => `${method} ${path}`).sort());
});

describe('a schema as a type', () => {
  const none = () => undefined;
  test.each([
    [{ type: 'string', format: 'date', minLength: 1 }, 'string'],
    [{ type: ['integer', 'null'] }, 'number | null'],
    [{ const: 'a' }, '"a"'],
    [{ enum: ['a', 1] }, '"a" | 1'],
    [{ anyOf: [{ type: 'string' }, { type: 'string', format: 'date' }, { type: 'null' }] }, 'string | null'],
    [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, 'readonly (string | null)[]'],
    [{ type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] }, 'readonly [string, number]'],
    [
      { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'number' } },
      'Readonly<Record<string, number>>',
    ],
    [{ type: 'object', properties: {}, additionalProperties: false }, 'Record<string, never>'],
    [{}, 'unknown'],
    [{ $ref: '#/components/schemas/Problem' }, 'Problem'],
  ])('%j', (schema, type) => {
    expect(typeOfSchema(schema, none)).toBe(type);
  });

  test('properties that are named like words of JSON Schema stay properties', () => {
    const properties = { description: { type: 'string', description: 'A */ word' }, 'a-b': { type: 'string' } };
    expect(typeOfSchema({ type: 'object', properties, required: ['description'] }, none)).toBe(
      '{\n/** A * / word */\nreadonly description: string;\nreadonly "a-b"?: string;\n}',
    );
  });

  test('a word that is not known is no silent loss', () => {
    expect(() => typeOfSchema({ type: 'object', patternProperties: {} }, none)).toThrow('patternProperties');
  });
});

test('what occurs twice is written once, and only what is equal is the same', () => {
  const fields = (names: readonly string[]) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string', description: `The ${name}` }])),
    required: names,
  });
  const long = Array.from({ length: 9 }, (_, at) => `quite_a_long_name_${at}`);
  const operation = (schema: Json) => ({
    summary: 'Does',
    responses: { '200': { content: { 'application/json': { schema } } } },
  });
  const text = clientTypes({
    paths: {
      '/v1/things/{id}': { get: operation(fields(long)), delete: operation(fields([...long, 'title'])) },
      '/v1/things': {
        get: operation({
          type: 'object',
          properties: { data: { type: 'array', items: fields(long) } },
          required: ['data'],
        }),
      },
    },
    components: { schemas: {} },
  });
  expect(text.match(/export type Thing = /g)).toHaveLength(1);
  expect(text).toContain('readonly data: readonly (Thing)[];');
  expect(text.match(/readonly title: string/g)).toHaveLength(1);
});

test('what a list holds is counted wherever the list is; forms are named by what tells them apart', () => {
  const texts = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  const form = (model: string) => ({
    type: 'object',
    properties: {
      model: { const: model },
      ...texts(['unit_amount', 'flat_amount', 'included_units', 'minimum_amount', 'maximum_amount', 'default_amount']),
    },
  });
  const operation = (schema: Json) => ({
    summary: 'Does',
    requestBody: { content: { 'application/json': { schema } } },
    responses: { '204': {} },
  });
  const priced = (field: string) => ({
    type: 'object',
    properties: {
      ...texts([field]),
      prices: { type: 'array', items: { anyOf: [form('flat'), form('per_unit')] } },
      best: form('per_unit'),
    },
  });
  const text = clientTypes({
    paths: { '/v1/a': { post: operation(priced('one')) }, '/v1/b': { post: operation(priced('other')) } },
    components: { schemas: {} },
  });
  expect(text.match(/export type (\w+)/g)).toEqual(
    ['Bytes', 'Price', 'PerUnitPrice'].map((name) => `export type ${name}`),
  );
  expect(text.match(/readonly \(Price\)\[\]/g)).toHaveLength(2);
  expect(text.match(/\?: PerUnitPrice;/g)).toHaveLength(2);
});
