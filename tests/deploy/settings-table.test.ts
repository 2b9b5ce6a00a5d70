import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { type Setting, settings } from '#libs/config/settings.ts';
import { ROOT } from './compose-file.ts';

test('docs/operations.md lists every setting with its default and meaning, in the order of the code', async () => {
  const text = await readFile(path.join(ROOT, 'docs/operations.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (.+?) \| (.+?) \|$/gm)].map(([, ...cells]) => cells);
  const expected = Object.entries(settings as Record<string, Setting>).map(([name, { schema, description }]) => {
    const value = schema.safeParse(undefined).data;
    return [name, value === undefined ? '–' : `\`${value}\``, description];
  });
  expect(rows).toEqual(expected);
});
