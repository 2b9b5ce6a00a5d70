import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSystem, type TestSystem } from '../support/system.ts';

/* What the README tells a newcomer to type is typed here, and every file that the documents point to is there. */

const run = promisify(execFile);
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/architecture.md',
  'docs/operations.md',
  'docs/failure-modes.md',
  'docs/errors.md',
  'docs/pricing.md',
  'docs/api/sending-events.md',
  'docs/api/metering.md',
  'docs/api/plans-and-subscriptions.md',
];

describe('the first invoice in five minutes', () => {
  let system: TestSystem;
  let adminKey: string;
  beforeAll(async () => {
    system = await startSystem('embedded');
    ({ adminKey } = await system.organization({ name: 'Newcomer' }));
  }, 60_000);
  afterAll(() => system?.stop());

  test('every command of the README answers as it should', async () => {
    const readme = await readFile('README.md', 'utf8');
    const section = readme.slice(readme.indexOf('## Your first invoice'));
    const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
    const script = block
      .replace(/^export TOLLBOOK_API_KEY=.*$/m, `export TOLLBOOK_API_KEY=${adminKey}`)
      .replaceAll('http://127.0.0.1:8080', system.apiUrl);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script]);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [meter, plan, customer, subscription, events, usage] = answers;
    expect(meter).toMatchObject({ key: 'requests' });
    expect(plan).toMatchObject({ key: 'starter', version: 1 });
    expect(customer).toMatchObject({ key: 'acme', time_zone: 'Europe/Berlin' });
    expect(subscription).toMatchObject({ customer: 'acme', starts_on: '2026-10-01' });
    expect(events).toMatchObject({ accepted: 1, failed: [] });
    expect(usage).toHaveProperty('data');
    expect(answers).toHaveLength(6);
  });
});

test.each(DOCUMENTS)('every file that %s points to is there', async (document) => {
  const text = await readFile(document, 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] as string);
  for (const link of links) await expect(access(path.resolve(path.dirname(document), link))).resolves.toBeUndefined();
});

test('every test that docs/failure-modes.md names is there', async () => {
  const text = await readFile('docs/failure-modes.md', 'utf8');
  const named = [...text.matchAll(/`((?:tests|libs|services|cli)\/[\w/.-]+)`/g)].map((match) => match[1] as string);
  expect(named.length).toBeGreaterThan(5);
  for (const name of new Set(named)) await expect(access(name)).resolves.toBeUndefined();
});

test('every npm script that the documents name exists', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
  for (const document of DOCUMENTS) {
    for (const [, name] of (await readFile(document, 'utf8')).matchAll(/npm run ([\w:-]+)/g))
      expect(Object.keys(scripts)).toContain(name);
  }
});
