import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSystem, type TestSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

/* Every command of docs/api/metering.md is run as it stands there, in order, and must come to be answered as it says there. */

const run = promisify(execFile);

let system: TestSystem;
beforeAll(async () => {
  system = await startSystem('embedded');
});
afterAll(() => system?.stop());

test('the commands of the page are answered as it says', async () => {
  const page = await readFile('docs/api/metering.md', 'utf8');
  const setUp = /^api\(\) \{.*\}$/m.exec(page)?.[0] as string;
  const pairs = [...page.matchAll(/```sh\n([^`]*)```\n\n```json\n([^`]*)```/g)];
  expect(pairs).toHaveLength(15);
  const { adminKey } = await system.organization({ name: 'Page' });
  for (const [, command = '', answer = ''] of pairs) {
    const expected: unknown = JSON.parse(answer);
    const ask = async (): Promise<unknown> => {
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `${setUp}\n${command}`], {
        env: { PATH: process.env.PATH, TOLLBOOK_URL: system.apiUrl, TOLLBOOK_API_KEY: adminKey },
      });
      return JSON.parse(stdout);
    };
    let seen: unknown = await ask();
    // What is sent is sent once; what is read may take a moment to be so.
    const isReading = !command.includes(" '{") && !command.includes(" '[");
    if (isReading)
      await waitFor(
        async () => {
          seen = await ask();
          expect(seen).toMatchObject(expected as object);
          return true;
        },
        { describe: () => `the answer to ${command}` },
      );
    expect(seen).toMatchObject(expected as object);
  }
});
