import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedServer, startEmbeddedServer } from '#libs/database/embedded-server.ts';
import { childPids, freezeProcess, killWithParent, sendSignal } from './child.ts';
import { freePorts } from './free-ports.ts';

/** A Postgres of its own, with the settings recommended for Tollbook at the size of a test. fsync stays on. */
export interface PostgresHandle {
  /** Of the owner, to the database `tollbook`. */
  readonly url: string;
  pid(): number;
  /** kill -9 of the server and of every process that serves a connection. */
  kill(): Promise<void>;
  /** SIGSTOP of the server and of everything it started: connections stay open and nothing answers. */
  freeze(): void;
  resume(): void;
  /** Kills it and starts it again on the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const SETTINGS = {
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  max_connections: '200',
  // lz4 is not built into these binaries.
  wal_compression: 'on',
};

export async function startPostgres(): Promise<PostgresHandle> {
  const parent = await mkdtemp(path.join(tmpdir(), 'tollbook-postgres-'));
  // As root the server runs as the user postgres, who must be able to pass; mkdtemp makes 0700.
  await chmod(parent, 0o755);
  const directory = path.join(parent, 'data');
  const [port] = (await freePorts(1)) as [number];
  let release = () => {};
  const start = async (): Promise<EmbeddedServer> => {
    const server = await startEmbeddedServer({ directory, port, settings: SETTINGS });
    release = killWithParent(server.pid, parent);
    return server;
  };
  let server = await start();
  const family = () => [server.pid, ...childPids(server.pid)];
  const kill = async () => {
    const pids = family();
    for (const pid of pids) sendSignal(pid, 'SIGKILL');
    release();
    await Promise.all(pids.map(untilGone));
  };
  return {
    url: server.connectionString,
    pid: () => server.pid,
    kill,
    freeze() {
      // The server first: then it makes no new process while the others are looked for.
      freezeProcess(server.pid);
      for (const pid of childPids(server.pid)) freezeProcess(pid);
    },
    resume() {
      for (const pid of family().reverse()) sendSignal(pid, 'SIGCONT');
    },
    async restart() {
      await kill();
      server = await start();
    },
    async stop() {
      for (const pid of family()) sendSignal(pid, 'SIGCONT');
      await server.stop();
      release();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
