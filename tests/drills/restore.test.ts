import { cp, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type KafkaHandle, startKafka } from '#scripts/services/kafka.ts';
import type { TestClient } from '#tests/support/client.ts';
import { startSystem, type TestSystem } from '#tests/support/system.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import {
  copyDatabase,
  eventsOf,
  expectCounted,
  METER,
  runLog,
  send,
  startServices,
  stopServices,
  sumTo,
  WHOLE,
} from './operator.ts';

/*
 * What docs/operations.md tells an operator to do when Postgres or Kafka came back from a backup, done for real: processes, broker
 * and database are the ones of production. The steps build on each other.
 */

let kafka: KafkaHandle;
let system: TestSystem;
let api: TestClient;
let ingest: TestClient;
const topic = 'usage-events';

beforeAll(async () => {
  kafka = await startKafka();
  system = await startSystem('distributed', { brokers: kafka.brokers.join(','), topic });
  ({ api, ingest } = await system.organization({ name: 'Drill' }));
  await api.create('/v1/meters', METER);
}, 120_000);
afterAll(async () => {
  await system?.stop();
  await kafka?.stop();
}, 60_000);

const log = (...args: string[]) => runLog(system, { brokers: kafka.brokers.join(','), topic }, ...args);
const aggregatorReadiness = async () => {
  const url = /ready at (http:\S+)/.exec(system.processes.aggregator.output())?.[1] as string;
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, text: await response.text() };
};
/** The folder in which the broker keeps its data. */
const brokerData = async () => path.join(await readlink(`/proc/${kafka.pid()}/cwd`), 'data');

test('Postgres restored to an earlier state, the log intact: it catches up exactly', async () => {
  await send(ingest, eventsOf('before', 300));
  await expectCounted(api, 300, sumTo(300));
  const url = await system.databaseUrl();
  const name = new URL(url).pathname.slice(1);
  const backup = `${name}_backup`;
  await stopServices(system);
  await copyDatabase(url, name, backup);
  await startServices(system);
  await send(ingest, eventsOf('after', 200));
  await send(ingest, eventsOf('before', 50));
  await expectCounted(api, 500, sumTo(300) + sumTo(200));
  await waitFor(async () => (await api.get<{ records: number }>(WHOLE)).body.records === 550, {
    describe: 'all 550 records to be applied',
  });
  const expected = (await api.get(WHOLE)).body;

  await stopServices(system);
  await copyDatabase(url, backup, name);
  await startServices(system);
  await waitFor(async () => (await api.get<{ records: number }>(WHOLE)).body.records === 550, {
    timeoutMs: 60_000,
    describe: 'the restored database to catch up',
  });
  expect((await api.get(WHOLE)).body).toEqual(expected);
  await expectCounted(api, 500, sumTo(300) + sumTo(200));
  const status = await log('status');
  expect(status.output).toMatch(/^ +0 +1 +\d+ +0 +\d+ +0 +ok$/m);
  expect(status.code).toBe(0);
  expect(await log('reconcile', '--deep')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/counters: 0 unexplained/),
  });
}, 180_000);

test('the log restored to behind Postgres: it stops and says so; a new epoch gets it going, and nothing counts twice', async () => {
  await stopServices(system);
  const data = await brokerData();
  await kafka.kill();
  await cp(data, `${data}-backup`, { recursive: true });
  await kafka.restart();
  await startServices(system);
  await send(ingest, eventsOf('lost', 100));
  const sum = sumTo(300) + sumTo(200) + sumTo(100);
  await expectCounted(api, 600, sum);

  await stopServices(system);
  await kafka.kill();
  await rm(data, { recursive: true });
  await cp(`${data}-backup`, data, { recursive: true });
  await kafka.restart();
  await startServices(system);
  await waitFor(async () => /stopped: .* the log ends at/.test((await aggregatorReadiness()).text), {
    timeoutMs: 60_000,
    describe: 'the aggregator to say that it stopped',
  });
  expect((await aggregatorReadiness()).status).toBe(503);
  const stopped = await log('status');
  expect([stopped.code, stopped.output]).toEqual([
    1,
    expect.stringMatching(/STOPPED: the log does not have the next record/),
  ]);
  expect(await log('new-epoch', '--from', 'keep', '--reason', 'guess')).toMatchObject({
    code: 1,
    output: expect.stringMatching(/choose --from earliest or end for it/),
  });

  // Written into the log that was restored, before anybody decided: not lost either.
  await send(ingest, eventsOf('meanwhile', 20));
  const epoch = await log('new-epoch', '--from', 'earliest', '--reason', 'broker restored from backup');
  expect([epoch.code, epoch.output]).toEqual([0, expect.stringMatching(/^ +0 +2 +0 +\d+ +0$/m)]);
  await expectCounted(api, 620, sum + sumTo(20));
  await waitFor(async () => (await aggregatorReadiness()).status === 200, { describe: 'the aggregator to be ready' });
  await send(ingest, eventsOf('lost', 100));
  await send(ingest, eventsOf('next', 10));
  await expectCounted(api, 630, sum + sumTo(20) + sumTo(10));
  await waitFor(async () => (await log('status')).code === 0, { timeoutMs: 60_000, describe: 'the status to be good' });
  expect(await log('reconcile', '--deep')).toMatchObject({ code: 0 });
}, 240_000);

test('the log replaced by one with other records at the same places: it is noticed by what is in it', async () => {
  await stopServices(system);
  const data = await brokerData();
  await kafka.kill();
  await rm(data, { recursive: true });
  await cp(`${data}-backup`, data, { recursive: true });
  await kafka.restart();
  // Before the aggregator looks: more than enough to reach every place that was applied.
  await system.restart('ingest');
  await send(ingest, eventsOf('other', 400));
  await startServices(system);
  await waitFor(async () => /stopped: .*the log was replaced or restored/.test((await aggregatorReadiness()).text), {
    timeoutMs: 60_000,
    describe: 'the aggregator to notice',
  });
  const status = await log('status');
  expect([status.code, status.output]).toEqual([1, expect.stringMatching(/STOPPED/)]);
  expect((await log('new-epoch', '--from', 'earliest', '--reason', 'restored again')).code).toBe(0);
  await expectCounted(api, 1030, sumTo(300) + sumTo(200) + sumTo(100) + sumTo(20) + sumTo(10) + sumTo(400));
}, 240_000);
