import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '#tests/support/client.ts';
import { startProcess } from '#tests/support/process.ts';
import { readProc, withDescendants } from './measure/descendants.ts';
import { writeReport } from './report.ts';

/*
 * `npm run bench:start`: what a newcomer waits for and what it costs to leave it running. From `npm start` in an empty folder to the
 * first accepted event, and the memory of all processes after a minute of idling: resident (shared pages counted in each process) and
 * proportional (shared pages counted once). Exit code 1 when a promise of the README is not kept. Linux only (reads /proc).
 */

const START_WITHIN_SECONDS = 10;
const IDLE_MEBIBYTES = 400;
const IDLE_SECONDS = 60;
const dataDir = path.resolve('.tollbook/bench-start');

await rm(dataDir, { recursive: true, force: true });
const started = performance.now();
const server = startProcess('services/embedded/main.ts', { TOLLBOOK_PORT: '0', TOLLBOOK_DATA_DIR: dataDir });
try {
  const key = (await server.waitForOutput(/Admin key.*: (tb_\S+)/))[1] as string;
  const url = (await server.waitForOutput(/ready at (http:\S+)/))[1] as string;
  const { status } = await createClient(url, key).post('/v1/events', { id: 'first', type: 'call', customer: 'acme' });
  if (status !== 200) throw new Error(`the first event was answered ${status}`);
  const seconds = (performance.now() - started) / 1000;
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
  const processes = withDescendants(server.pid);
  const memory = processes.map(memoryOf);
  const resident = memory.reduce((sum, { rss }) => sum + rss, 0);
  const proportional = memory.reduce((sum, { pss }) => sum + pss, 0);
  const figures = {
    start_to_first_accepted_event_seconds: Number(seconds.toFixed(2)),
    idle_processes: processes.length,
    idle_resident_mib: Math.round(resident),
    idle_proportional_mib: Math.round(proportional),
  };
  console.table(figures);
  await writeReport('start', {
    promised: { start_seconds: START_WITHIN_SECONDS, idle_mib: IDLE_MEBIBYTES },
    results: figures,
  });
  if (seconds > START_WITHIN_SECONDS || resident > IDLE_MEBIBYTES) process.exitCode = 1;
} finally {
  await server.end();
  await rm(dataDir, { recursive: true, force: true });
}

function memoryOf(pid: number): { rss: number; pss: number } {
  const rollup = readProc(`/proc/${pid}/smaps_rollup`);
  const mebibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) / 1024;
  return { rss: mebibytes('Rss'), pss: mebibytes('Pss') };
}
