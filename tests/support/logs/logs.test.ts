import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import config from '../../../jest.config.ts';
import { findSecrets } from './find-secrets.ts';
import { judgeLogs } from './judge-logs.ts';
import { logFolder } from './log-folder.ts';
import { PLANTED } from './planted.ts';
import { testLogger } from './test-logger.ts';

/* After the last test of every run all logs are searched for secrets (tests/support/jest/global-teardown.ts): that search can fail. */

const KEY = `tb_live_${'k'.repeat(43)}`;
const TOKEN = `eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhY21lIn0.${'s'.repeat(86)}`;

describe('a line of a log', () => {
  test.each([
    ['API key', `{"level":"info","key":"${KEY}"}`],
    ['API key', `url /v1/customers?key=${KEY.replace('live', 'test')}`],
    ['API key', KEY.replace('live', 'operator')],
    ['customer token', `{"err":{"message":"bad ${TOKEN}"}}`],
    ['private key', '-----BEGIN PRIVATE KEY-----'],
    ['private key', 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v'],
    ['private half of a pair', `{"jwk":{"kty":"OKP","d":"${'d'.repeat(43)}"}}`],
    ['private half of a pair', JSON.stringify({ message: `{"d":"${'d'.repeat(43)}"}` })],
    ['password in an address', 'connecting to postgres://tollbook:hunter2@127.0.0.1:5432/x'],
    ['password in an address', 'redis://:hunter2@127.0.0.1:6379'],
    ['password', `{"options":{"password":"hunter2"}}`],
    ['password', `STATEMENT:  ALTER ROLE a PASSWORD 'hunter2'`],
    ['Authorization header', 'Authorization: Bearer something-of-mine'],
    ['Authorization header', '{"headers":{"authorization":"whatever"}}'],
    ['Authorization header', '{"headers":["X-API-Key","whatever"]}'],
    ['e-mail address', 'customer erna@example.com was created'],
  ])('holds a secret: %s in %s', (kind, log) => {
    expect(findSecrets(`first line\n${log}`)).toContainEqual(expect.objectContaining({ kind, line: 2 }));
  });

  test.each([
    '{"config":{"DATABASE_URL":"set","TOLLBOOK_BOOTSTRAP_KEY":"not set"}}',
    '{"authorization":"[cut]","x":{"password":"[cut]"}}',
    'Send an API key as "Authorization: Bearer <key>" or "X-API-Key: <key>".',
    'postgres://127.0.0.1:5432/tollbook at 2026-11-22T01:00:00.000Z',
    'DATABASE_URL must look like postgres://user:password@host:5432/database',
    'FATAL:  password authentication failed for user "tollbook"',
    '{"prefix":"tb_live_abcd"}',
  ])('holds none: %s', (log) => expect(findSecrets(log)).toEqual([]));

  test('holds a password that was named', () => {
    expect(findSecrets('a\nb hunter2 c', ['hunter2'])).toEqual([
      { kind: 'known secret', line: 2, beginning: 'hunter2 c…' },
    ]);
  });
});

describe('a folder of logs', () => {
  let folder: string;
  const log = (name: string, text: string) => writeFile(path.join(folder, name), text);
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tollbook-logs-test-'));
    await log('logger-1', `${PLANTED}\n`);
    await log('node-1-2.stderr', `${PLANTED}\n`);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('is good when only what was planted is found, and only at the first start are keys announced', async () => {
    await log('api-main.ts-1-2.stdout', `Operator key, shown this once (creates organizations): ${KEY}\nready\n`);
    expect(await judgeLogs(folder)).toEqual([]);
    await log('api-main.ts-1-2.stderr', `Operator key, shown this once (creates organizations): ${KEY}\nready\n`);
    expect(await judgeLogs(folder)).toHaveLength(1);
  });

  test('names the file and line of a secret', async () => {
    await log('known-secrets', 'hunter2\n');
    await log('logger-7', `one\ntwo ${KEY}\nthree hunter2\n`);
    const file = path.join(folder, 'logger-7');
    expect(await judgeLogs(folder)).toEqual([
      `${file}:2: API key: ${KEY.slice(0, 24)}…`,
      `${file}:3: known secret: hunter2\n…`,
    ]);
  });

  test('in which nothing is found, not even what was planted, was not searched', async () => {
    await log('logger-1', '');
    expect(await judgeLogs(folder)).toHaveLength(1);
    await log('node-1-2.stderr', '');
    expect(await judgeLogs(folder)).toHaveLength(2);
  });

  test('with a secret ends jest with 1, although every test passed', async () => {
    const own = {
      ...config,
      rootDir: process.cwd(),
      testMatch: ['**/libs/http/roles.test.ts'],
      globalSetup: undefined,
    };
    const flags = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand'];
    const jest = () =>
      new Promise<{ code: unknown; stderr: string }>((resolve) =>
        execFile(
          process.execPath,
          [...flags, '--config', JSON.stringify(own)],
          { env: { PATH: process.env.PATH, HOME: process.env.HOME, TEST_LOGS: folder } },
          (error, _stdout, stderr) => resolve({ code: error?.code ?? 0, stderr }),
        ),
      );
    await log('logger-7', KEY);
    const failed = await jest();
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringMatching(/Secrets in logs:\n.*logger-7:1: API key/)]);
    expect(failed.stderr).toMatch(/Tests: +4 passed, 4 total/);
    await rm(path.join(folder, 'logger-7'));
    expect((await jest()).code).toBe(0);
    expect(await readdir(folder).catch(() => 'gone')).toBe('gone');
  });
});

test('what a child process says on standard error is kept, and so is what a logger of tests says', async () => {
  const said = `said ${Math.random()}`;
  const code = await new Promise((resolve) =>
    execFile(process.execPath, ['--eval', `console.error('${said}'); process.exit(3)`], (error) =>
      resolve(error?.code),
    ),
  );
  expect(code).toBe(3);
  testLogger().trace({ password: 'x' }, said);
  const kept: string[] = [];
  for (const name of await readdir(logFolder() as string))
    if ((await readFile(path.join(logFolder() as string, name), 'utf8')).includes(said)) kept.push(name);
  expect(kept.sort()).toEqual([expect.stringMatching(/^logger-\d+$/), expect.stringMatching(/^node-\d+-\d+\.stderr$/)]);
});
