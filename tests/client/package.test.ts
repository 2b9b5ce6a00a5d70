import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CALLS } from '#tests/support/calls.ts';
import type { TestClient } from '#tests/support/client.ts';
import { type OtherNode, otherNode } from '#tests/support/other-node.ts';
import { startSystem, type TestSystem } from '#tests/support/system.ts';
import { waitFor } from '#tests/support/wait-for.ts';

/*
 * The client as its users get it: built, packed, installed into an empty folder, and used there under the machine's own Node, which is
 * another one than that of the tests where there is one.
 */

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../..');
let folder: string;
let other: OtherNode;
let system: TestSystem;
let api: TestClient;
let environment: Record<string, string>;

beforeAll(async () => {
  [folder, other, system] = await Promise.all([
    mkdtemp(path.join(tmpdir(), 'tollbook-client-')),
    otherNode(),
    startSystem('embedded'),
  ]);
  const organization = await system.organization({ name: 'Client', grace_minutes: 0 });
  api = organization.api;
  environment = { TOLLBOOK_URL: system.apiUrl, TOLLBOOK_API_KEY: organization.adminKey };
  await run('npm', ['run', '--silent', 'build:client'], { cwd: ROOT });
  const { stdout } = await run('npm', ['pack', path.join(ROOT, 'client'), '--json', '--pack-destination', folder], {
    cwd: folder,
  });
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  expect(
    packed.files
      .map((file) => file.path)
      .filter((name) => !name.startsWith('dist/'))
      .sort(),
  ).toEqual(['LICENSE', 'README.md', 'package.json']);
  await writeFile(path.join(folder, 'package.json'), '{"name": "user", "type": "module", "private": true}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${packed.filename}`], { cwd: folder });
}, 180_000);
afterAll(async () => {
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

const example = (name: string) => path.join(folder, name);
async function store(name: string): Promise<void> {
  await writeFile(example(name), await readFile(path.join(ROOT, 'client/examples', name)));
}
async function program(name: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, ...environment };
  const { stdout } = await run(other.node, [example(name), ...args], { cwd: folder, env });
  return stdout;
}

test('it says under which Node it was tried, and brings nothing along', async () => {
  process.stdout.write(`the client is used under Node ${other.version}\n`);
  expect(await readdir(path.join(folder, 'node_modules'))).toEqual(expect.arrayContaining(['@tollbook']));
  expect((await readdir(path.join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
    '@tollbook',
  ]);
  const { stdout } = await run(other.node, ['--version']);
  expect(stdout.trim()).toBe(other.version);
});

test('its types can be used, with every check on', async () => {
  await writeFile(
    example('user.ts'),
    `import { createTollbook, type Customer, type EventResult } from '@tollbook/client';
const tollbook = createTollbook({ url: 'http://x.test', apiKey: async () => 'k', events: { whenFull: 'reject' } });
export const customer: Promise<Customer> = tollbook.customers.get('acme', { timeoutMs: 5 });
export const results: Promise<readonly EventResult[]> = tollbook.events.send([{ type: 't', customer: 'c' }]);
export const key = async (): Promise<string> => { for await (const { key } of tollbook.meters.list({ limit: 2 })) return key; return ''; };
export const pdf: Promise<Uint8Array> = tollbook.invoices.pdf('id');
// @ts-expect-error a customer needs a name
tollbook.customers.create({ key: 'acme' });
// @ts-expect-error there is no such operation
tollbook.call('GET /v1/nothing', {});
// @ts-expect-error a price is no number
tollbook.invoices.create({ customer: 'a', currency: 'EUR', lines: [{ description: 'd', quantity: 1, unit_amount: 2 }] });
`,
  );
  await mkdir(path.join(folder, 'types'), { recursive: true });
  const options = [
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--typeRoots',
    path.join(ROOT, 'node_modules/@types'),
    '--types',
    'node',
  ];
  const compiled = run(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, 'user.ts'], {
    cwd: folder,
  });
  await compiled.catch((error: { stdout: string }) => expect(error.stdout).toBe(''));
}, 120_000);

test('the examples run: an invoice with its PDF, and events that are known to be taken', async () => {
  await Promise.all(['first-invoice.js', 'send-and-know.js'].map(store));
  const printed = await program('first-invoice.js', 'acme');
  expect(printed).toMatch(/^\S+: 180\.00 EUR\n1 invoices in EUR\n$/);
  const number = printed.split(':')[0] as string;
  expect((await readFile(example(`${number}.pdf`))).subarray(0, 5).toString()).toBe('%PDF-');
  expect(await program('first-invoice.js', 'acme')).toMatch(/\n2 invoices in EUR\n$/);
  expect(await program('send-and-know.js')).toBe('render-a accepted\nrender-b accepted\nrender-b duplicate\n');
  expect(await program('send-and-know.js')).toBe('render-a duplicate\nrender-b duplicate\nrender-b duplicate\n');
});

test('the example of a server: told to stop, it sends what it holds and ends', async () => {
  await api.create('/v1/meters', {
    ...CALLS,
    key: 'requests',
    event_type: 'api.request',
    aggregation: 'count',
    value_property: undefined,
  });
  await store('send-events.js');
  const child = spawn(other.node, [example('send-events.js')], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
  });
  let [printed, complained] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complained += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await waitFor(() => /^http:\S+/.test(printed), {
    describe: () => `the server to listen; it printed ${printed}${complained}`,
  });
  const url = printed.trim();
  await Promise.all(
    Array.from({ length: 40 }, () =>
      fetch(url, { headers: { 'x-customer': 'acme', connection: 'close' } }).then((answer) => answer.text()),
    ),
  );
  child.kill('SIGTERM');
  expect([await ended, complained]).toEqual([0, '']);
  expect(printed).toContain('0 events undecided');
  await waitFor(
    async () => {
      const { body } = await api.get<{ data: { event_count: number }[] }>('/v1/usage?meter=requests&window=total');
      return body.data.reduce((sum, row) => sum + row.event_count, 0) === 40;
    },
    { describe: 'forty requests to be counted' },
  );
});

test('a program that ends by itself has sent what it added', async () => {
  await api.create('/v1/meters', { ...CALLS, key: 'last-words' });
  await writeFile(
    example('ends.js'),
    `import { createTollbook } from '@tollbook/client';
const tollbook = createTollbook({ url: process.env.TOLLBOOK_URL, apiKey: process.env.TOLLBOOK_API_KEY });
for (let n = 1; n <= 3; n++) tollbook.events.add({ type: 'call', customer: 'acme', properties: { n: String(n) } });
`,
  );
  await program('ends.js');
  await waitFor(
    async () => {
      const { body } = await api.get<{ data: { quantity: string }[] }>('/v1/usage?meter=last-words&window=total');
      return body.data[0]?.quantity === '6';
    },
    { describe: 'three events to be counted' },
  );
});
