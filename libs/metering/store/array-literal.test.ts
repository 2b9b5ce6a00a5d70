import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { nullableArray, plainArray, textArray } from './array-literal.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const asRead = async <T>(type: string, literal: string): Promise<T[]> => {
  const { rows } = await database.pool('owner').query<{ value: T }>(`SELECT unnest($1::${type}[]) AS value`, [literal]);
  return rows.map((row) => row.value);
};

test('law: any text comes back as it was', async () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && !text.includes('\0')),
    fc.constantFrom('', 'NULL', 'null', '"', '\\', '{}', 'a,b', ' ', '\n', "'"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(texts, { minLength: 1 }), async (values) => {
      expect(await asRead('text', textArray(values))).toEqual(values);
    }),
  );
});

test('numbers, and NULL where there is none', async () => {
  expect(await asRead('integer', plainArray([1, -2, 3n]))).toEqual([1, -2, 3]);
  expect(await asRead('numeric', nullableArray(['1.5', null, '-2']))).toEqual(['1.5', null, '-2']);
});
