import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { readableFields } from './readable-fields.ts';

const schema = z.strictObject({ name: z.string(), size: z.int().default(1), note: z.string().optional() });

test.each<[string, unknown, object]>([
  ['all fields', { name: 'a', size: 2, note: 'b' }, { name: 'a', size: 2, note: 'b' }],
  ['what is right beside what is not', { name: 5, size: 2, colour: 'red' }, { size: 2 }],
  ['defaults', {}, { size: 1 }],
  ['nothing of null', null, {}],
  ['nothing of a list', [{ name: 'a' }], {}],
  ['nothing of a text', 'name', {}],
  ['nothing inherited', Object.create({ name: 'a' }), { size: 1 }],
])('%s', (_, value, expected) => {
  expect(readableFields(schema, value)).toEqual(expected);
});
