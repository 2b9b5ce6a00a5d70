import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { groupsOf, operationsOf } from './groups.ts';
import { tableOf } from './report.ts';

const readDocument = async (name: string) => JSON.parse(await readFile(`docs/${name}`, 'utf8'));

test('every operation of both documents is in one group', async () => {
  const [native, compat] = [await readDocument('openapi.json'), await readDocument('openapi-compat.json')];
  const groups = groupsOf(native, compat);
  const paths = groups.flatMap((group) => group.paths.map((path) => `${group.document} ${path}`));
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths.length).toBe(Object.keys(native.paths).length + Object.keys(compat.paths).length);
  expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
  expect(operationsOf(native)).toContain('DELETE /v1/api-keys/{id}');
});

test('the table has a row for what was not tried, and names what was found', () => {
  const found = {
    counts: { 'GET /a': { all: 3, negative: 1, '200': 2, '500': 1 } },
    failures: [{ title: 'Server error', count: 1, operations: ['GET /a'] }],
  };
  expect(tableOf(['GET /a', 'GET /b'], found).split('\n').slice(2)).toEqual([
    '| `GET /a` | 3 | 1 | 200: 2, 500: 1 | Server error |',
    '| `GET /b` | 0 | 0 |  |  |',
  ]);
});
