import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { problems } from './errors.ts';

test('docs/errors.md lists every problem with its status and title, and no other', async () => {
  const page = await readFile('docs/errors.md', 'utf8');
  const rows = [...page.matchAll(/^\| <a id="(\w+)"><\/a>`(\w+)` \| (\d+) \| (.*) \|$/gm)].map(
    ([, anchor, code, status, title]) => [anchor, code, Number(status), title],
  );
  expect(rows).toEqual(Object.entries(problems).map(([code, { status, title }]) => [code, code, status, title]));
});
