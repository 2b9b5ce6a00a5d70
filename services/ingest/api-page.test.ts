import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestIngest, type TestIngest } from '#tests/support/ingest.ts';

/* Every command of docs/api/sending-events.md is run as it stands there and must be answered as it says there. */

const run = promisify(execFile);
const parseLines = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

let ingest: TestIngest;
beforeAll(async () => {
  ingest = await startTestIngest();
}, 60_000);
afterAll(() => ingest?.stop());

test('the commands of docs/api/sending-events.md are answered as the page says', async () => {
  const page = await readFile('docs/api/sending-events.md', 'utf8');
  const pairs = [...page.matchAll(/```sh\n([^`]*)```\n\n```json\n([^`]*)```/g)];
  expect(pairs).toHaveLength(5);
  for (const [, command = '', answer = ''] of pairs) {
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], {
      env: { PATH: process.env.PATH, TOLLBOOK_URL: ingest.url, TOLLBOOK_API_KEY: ingest.key },
    });
    const isStream = answer.startsWith('{"line"');
    expect(isStream ? parseLines(stdout) : JSON.parse(stdout)).toEqual(
      isStream ? parseLines(answer) : JSON.parse(answer),
    );
  }
});
