import { parseArgs } from 'node:util';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { type Applier, createApplier } from './inside/apply.ts';
import { BENCH_ORGANIZATION } from './inside/records.ts';
import { ageKeys, type KeyKind, storeKeys } from './inside/store-keys.ts';
import { startMeter } from './measure/start-meter.ts';
import { writeReport } from './report.ts';
import { medians, round } from './statistics.ts';
import { type BenchServices, startBenchServices } from './system/start-bench-services.ts';
import { assertExact } from './system/truth.ts';
import { startOwnCost } from './worker/own-cost.ts';
import { benchEvents, UNIFORM, type Workload } from './workload.ts';

/*
 * `npm run bench:keys`: the aggregator's whole transaction, 5,000 events each on one connection, with an empty store of dedupe keys and
 * with 20 million in it (`-- --keys 100000000`: 100 million, about 20 GB of disk for a while), for random ids and for UUIDs of version 7.
 * Empty and full stores take turns: once right after a checkpoint, when the first change of each index page is logged as a whole page, and
 * then, after a twentieth of the keys has come in one by one, in rounds. Exit code 1 if an event is lost or doubled.
 */

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    keys: { type: 'string' },
    rounds: { type: 'string' },
    events: { type: 'string' },
  },
});
const keys = Number(flags.keys ?? (flags.quick ? 1_000_000 : 20_000_000));
const rounds = Number(flags.rounds ?? (flags.quick ? 2 : 4));
const events = Number(flags.events ?? (flags.quick ? 50_000 : 100_000));

interface Store {
  readonly name: string;
  readonly workload: Workload;
  readonly database: TestDatabase;
  readonly applier: Applier;
}

const KINDS: readonly (readonly [KeyKind, Workload['ids']])[] = [
  ['random', 'uuidv4'],
  ['time-ordered', 'uuidv7'],
];

async function makeStore(kind: KeyKind, ids: Workload['ids'], stored: number): Promise<Store> {
  const database = await createTestDatabase();
  const started = performance.now();
  if (stored > 0) await storeKeys(database.url, stored, kind);
  const seconds = Math.round((performance.now() - started) / 1000);
  if (stored > 0) console.log(`stored ${stored.toLocaleString('en')} ${kind} keys in ${seconds} s`);
  const name = `${kind} ids, ${stored === 0 ? 'empty' : 'full'}`;
  return { name, workload: { ...UNIFORM, events, ids }, database, applier: await createApplier(database.url) };
}

async function measureOnce({ applier, workload }: Store, { postgres }: BenchServices) {
  const batches = applier.prepare(benchEvents(workload, Date.now()));
  const meter = startMeter({ postgres: { pid: postgres.pid, tree: true } });
  const cost = startOwnCost();
  await applier.apply(batches);
  const { seconds, cpuSeconds } = cost();
  const { processes } = meter.stop();
  return {
    'events/s': events / seconds,
    'cpu client': (cpuSeconds * 1e6) / events,
    'cpu postgres': (processes.postgres.cpuSeconds * 1e6) / events,
  };
}

type Figures = Record<string, number>;

/** Every store once. */
async function takeTurns(services: BenchServices, stores: readonly Store[]): Promise<Record<string, Figures>> {
  const turn: Record<string, Figures> = {};
  for (const store of stores) turn[store.name] = await measureOnce(store, services);
  return turn;
}

/** Rate with a full store ÷ rate with an empty one, by kind of ids. */
function ratiosOf(results: Readonly<Record<string, Figures>>): Record<string, number> {
  const rate = (name: string) => results[name]?.['events/s'] ?? 0;
  return Object.fromEntries(
    KINDS.map(([kind]) => [kind, round(rate(`${kind} ids, full`) / rate(`${kind} ids, empty`))]),
  );
}

const services = await startBenchServices();
const stores: Store[] = [];
try {
  const [first] = KINDS as readonly [(typeof KINDS)[number]];
  const warm = await makeStore(...first, 0);
  stores.push(warm);
  await measureOnce(warm, services);
  for (const [kind, ids] of KINDS) for (const stored of [0, keys]) stores.push(await makeStore(kind, ids, stored));
  const measured = stores.slice(1);
  await warm.database.pool('owner').query('CHECKPOINT');
  const afterCheckpoint = await takeTurns(services, measured);
  for (const [i, [kind]] of KINDS.entries()) await ageKeys((measured[i * 2 + 1] as Store).database.url, keys, kind);
  const turns: Record<string, Figures>[] = [];
  for (let turn = 1; turn <= rounds; turn += 1) turns.push(await takeTurns(services, measured));
  for (const { database } of measured)
    await assertExact(database.pool('owner'), BENCH_ORGANIZATION, events * (rounds + 1), 1);
  const results = Object.fromEntries(
    measured.map(({ name }) => [name, medians(turns.map((turn) => turn[name] as Figures))]),
  );
  const ratios = { steady: ratiosOf(results), 'right after a checkpoint': ratiosOf(afterCheckpoint) };
  console.table(results);
  console.log(`with ${keys.toLocaleString('en')} stored keys against an empty store:`, ratios);
  const raw = { after_checkpoint: afterCheckpoint, turns };
  await writeReport('keys', { keys, rounds, events, database: services.settings, ratios, results, raw });
} finally {
  for (const { applier, database } of stores) {
    await applier.end();
    await database.drop();
  }
  await services.stop();
}
