import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { waitFor } from '../support/wait-for.ts';

const run = promisify(execFile);

/**
 * Runs every command of a page that is followed by an answer as it stands there, in order, each in a shell of its own; each must come to be
 * answered as it says there. Resolves with their number.
 */
export async function runPage(file: string, server: { readonly url: string; readonly key: string }): Promise<number> {
  const page = await readFile(file, 'utf8');
  const setUp = [...page.matchAll(/^\w+\(\) \{.*\}$/gm)].map(([line]) => line).join('\n');
  const pairs = [...page.matchAll(/```sh\n([^`]*)```\n\n```json\n([^`]*)```/g)];
  for (const [, command = '', answer = ''] of pairs) {
    const expected: unknown = JSON.parse(answer);
    const ask = async (): Promise<unknown> => {
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `${setUp}\n${command}`], {
        env: { PATH: process.env.PATH, TOLLBOOK_URL: server.url, TOLLBOOK_API_KEY: server.key },
      });
      return JSON.parse(stdout);
    };
    let seen: unknown = await ask();
    // What is sent is sent once; what is read may take a moment to be so.
    const isReading = !/ ['"]\{/.test(command) && !command.includes(" '[") && !command.includes(" '' ");
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
  return pairs.length;
}
