import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startDemoServer } from '#scripts/demo/server.ts';
import { ensureSchemathesis } from './ensure-schemathesis.ts';
import { type Group, groupsOf, operationsOf } from './groups.ts';
import { type Found, tableOf } from './report.ts';
import { runGroup } from './run-group.ts';

/*
 * `npm run test:extra`: every operation of both OpenAPI documents against a running server, by schemathesis. Exit code 0 only if each was
 * tried as often as asked for and nothing was found. Ended before its time it goes on with the groups that are missing; --fresh begins anew.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDER = path.join(ROOT, '.tollbook/fuzz');
const DATA = path.join(FOLDER, 'data');

const { values: flags } = parseArgs({
  options: {
    examples: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string' },
    fresh: { type: 'boolean', default: false },
  },
});
const [examples, seed, jobs] = [Number(flags.examples), Number(flags.seed), Number(flags.jobs)];
const folderOf = ({ name }: Group) => path.join(FOLDER, 'groups', name);

async function main(): Promise<boolean> {
  if (flags.fresh) await rm(path.join(FOLDER, 'groups'), { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const schemathesis = await ensureSchemathesis(path.join(FOLDER, 'python'));
  const documents = await Promise.all(['openapi.json', 'openapi-compat.json'].map(readDocument));
  const all = groupsOf(...(documents as [never, never]));
  const wanted = flags.only?.split(',') ?? all.map(({ name }) => name);
  const unknown = wanted.filter((name) => !all.some((group) => group.name === name));
  if (unknown.length > 0) throw new Error(`no group ${unknown}; there are ${all.map(({ name }) => name).join(', ')}`);
  const groups = all.filter(({ name }) => wanted.includes(name));
  const missing: Group[] = [];
  for (const group of groups) if (!(await isDone(group))) missing.push(group);
  if (missing.length > 0) await tryAll(missing, schemathesis);
  const found = await read(groups);
  const operations = documents
    .flatMap(operationsOf)
    .filter((each) => groups.some(({ paths }) => paths.includes(each.split(' ')[1] as string)));
  await writeFile(path.join(FOLDER, 'result.md'), `${tableOf(operations, found)}\n`);
  for (const { title, count, operations } of found.failures)
    console.log(`  ✗ ${title} (${count}): ${operations.join(', ')}`);
  const requests = Object.values(found.counts).reduce((sum, { all = 0 }) => sum + all, 0);
  console.log(
    `  ${operations.length} operations, ${requests} requests, ${found.failures.length} findings: ${path.relative(ROOT, FOLDER)}/result.md`,
  );
  return found.failures.length === 0;
}

const readDocument = async (name: string) => JSON.parse(await readFile(path.join(ROOT, 'docs', name), 'utf8'));

async function tryAll(groups: readonly Group[], schemathesis: string): Promise<void> {
  await rm(DATA, { recursive: true, force: true });
  await mkdir(DATA, { recursive: true });
  // As root, Postgres runs as another user, who must be able to pass.
  await chmod(DATA, 0o755);
  const server = await startDemoServer({
    dataDir: DATA,
    root: ROOT,
    environment: {
      TOLLBOOK_COMPAT: 'on',
      TOLLBOOK_MANAGEMENT_REQUESTS_PER_MINUTE: '100000000',
      TOLLBOOK_INGEST_REQUESTS_PER_MINUTE: '100000000',
    },
  });
  try {
    const target = { url: server.url, operatorKey: server.operatorKey, schemathesis, examples, seed };
    const waiting = [...groups];
    const worker = async () => {
      for (let group = waiting.shift(); group; group = waiting.shift()) {
        const started = performance.now();
        await runGroup(group, target, folderOf(group));
        console.log(`  ${group.name}: ${Math.round((performance.now() - started) / 1000)} s`);
      }
    };
    await Promise.all(Array.from({ length: jobs }, worker));
  } finally {
    await server.stop();
  }
}

async function isDone(group: Group): Promise<boolean> {
  try {
    const done = JSON.parse(await readFile(path.join(folderOf(group), 'group.json'), 'utf8'));
    return done.examples >= examples;
  } catch {
    return false;
  }
}

async function read(groups: readonly Group[]): Promise<Found> {
  const found = await Promise.all(
    groups.map(async (group) => {
      const [counts, report] = await Promise.all(
        ['counts.json', 'report.json'].map(async (name) =>
          JSON.parse(await readFile(path.join(folderOf(group), name), 'utf8')),
        ),
      );
      return { counts, failures: [...report.failures, ...report.errors] };
    }),
  );
  return {
    counts: Object.assign({}, ...found.map(({ counts }) => counts)),
    failures: found.flatMap(({ failures }) => failures),
  };
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(`  test:extra failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
