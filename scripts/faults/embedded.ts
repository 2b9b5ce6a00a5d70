import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { childPids, sendSignal } from '#scripts/services/child.ts';
import { freePorts } from '#scripts/services/free-ports.ts';
import { type FaultKind, forMs, pickDuration } from './fault.ts';
import { withDatabase } from './stored.ts';
import { type Supervised, supervise } from './supervise.ts';
import type { FaultySystem } from './system.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Everything in one process with a Postgres of its own below it. */
export async function startEmbeddedSystem(): Promise<FaultySystem> {
  await mkdir(path.join(ROOT, '.tollbook'), { recursive: true });
  const folder = await mkdtemp(path.join(ROOT, '.tollbook', 'faults-'));
  // As root, Postgres runs as another user, who must be able to pass.
  await chmod(folder, 0o755);
  const [port] = (await freePorts(1)) as [number];
  const leftByThemselves: string[] = [];
  const supervised = supervise({
    name: 'tollbook',
    script: 'services/embedded/main.ts',
    environment: { TOLLBOOK_DATA_DIR: folder, TOLLBOOK_LOG_LEVEL: 'warn', TOLLBOOK_PORT: String(port) },
    onLeft: (what) => leftByThemselves.push(what),
  });
  await supervised.ready();
  const operatorKey = /Operator key.*: (tb_\S+)/.exec(supervised.output())?.[1] as string;
  const postgres = path.join(folder, 'postgres');
  const postmaster = async () => (await readFile(path.join(postgres, 'postmaster.pid'), 'utf8')).split('\n');
  const databaseUrl = async () => {
    const password = await readFile(path.join(postgres, 'tollbook.password'), 'utf8');
    return `postgres://tollbook:${password}@127.0.0.1:${(await postmaster())[3]}/tollbook`;
  };
  const url = `http://127.0.0.1:${port}`;
  const release = endWithThisProcess(path.join(postgres, 'postmaster.pid'));
  return {
    mode: 'embedded',
    ingestUrls: [url],
    apiUrl: url,
    operatorKey,
    databaseUrl,
    faults: embeddedFaults(supervised, async () => Number((await postmaster())[0])),
    logEnds: async () => logEnds(await databaseUrl()),
    leftByThemselves,
    async stop() {
      await supervised.stop();
      release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Tollbook is killed when this process is interrupted, and its Postgres, which is no child of ours, would stay. */
function endWithThisProcess(pidFile: string): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = () => {
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0;
    if (pid > 0) sendSignal(pid, 'SIGKILL');
  };
  // Once, and first: a listener that stayed would keep the signal, raised again by scripts/services/child.ts, from ending this process.
  for (const signal of signals) process.prependOnceListener(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}

function embeddedFaults(supervised: Supervised, postgresPid: () => Promise<number>): FaultKind[] {
  const fault = (name: string, target: string, inject: (ms: number) => Promise<void>): FaultKind => ({
    name,
    targets: [target],
    async inject(_, random, maxSeconds) {
      await supervised.ready();
      await inject(pickDuration(random, maxSeconds));
      await supervised.ready();
      return undefined;
    },
  });
  return [
    fault('kill -9 tollbook', 'tollbook', (ms) => supervised.end('SIGKILL', Math.min(ms, 5_000))),
    fault('restart tollbook', 'tollbook', () => supervised.end('SIGTERM', 200)),
    fault('freeze tollbook', 'tollbook', async (ms) => {
      supervised.freeze();
      await forMs(ms);
      supervised.resume();
    }),
    fault('kill -9 postgres', 'postgres', async () => sendSignal(await postgresPid(), 'SIGKILL')),
    fault('freeze postgres', 'postgres', async (ms) => {
      const pid = await postgresPid();
      sendSignal(pid, 'SIGSTOP');
      const children = childPids(pid);
      for (const child of children) sendSignal(child, 'SIGSTOP');
      await forMs(ms);
      for (const child of children) sendSignal(child, 'SIGCONT');
      sendSignal(pid, 'SIGCONT');
    }),
    fault('kill -9 a connection of postgres', 'postgres', async () => {
      // The server then ends all its connections and recovers.
      const child = childPids(await postgresPid()).at(-1);
      if (child !== undefined) sendSignal(child, 'SIGKILL');
    }),
  ];
}

async function logEnds(url: string): Promise<Map<number, bigint>> {
  const { rows } = await withDatabase(url, (client) =>
    client.query<{ partition: number; next_offset: string }>('SELECT partition, next_offset FROM log_partitions'),
  );
  return new Map(rows.map((row) => [row.partition, BigInt(row.next_offset)]));
}
