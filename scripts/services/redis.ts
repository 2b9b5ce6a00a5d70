import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Child, freezeProcess, sendSignal, startChild, untilReady } from './child.ts';
import { freePorts } from './free-ports.ts';

/** A Redis without persistence: what it holds is gone when it is killed, as the cache must be able to bear. */
export interface RedisHandle {
  readonly url: string;
  pid(): number;
  kill(): Promise<void>;
  freeze(): void;
  resume(): void;
  /** On the same port, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 15_000;

/** One for each installation of a test run. */
export const REDIS_DATABASES = 10_000;

export async function startRedis(): Promise<RedisHandle> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tollbook-redis-'));
  const [port] = (await freePorts(1)) as [number];
  const start = async (): Promise<Child> => {
    const args = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--databases',
      String(REDIS_DATABASES),
      '--dir',
      directory,
    ];
    const child = startChild('redis-server', 'redis-server', args, directory);
    await untilReady('Redis', child, () => ping(port), READY_WITHIN_MS);
    return child;
  };
  let child = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: () => child.pid,
    kill: () => child.kill(),
    freeze: () => freezeProcess(child.pid),
    resume: () => sendSignal(child.pid, 'SIGCONT'),
    async restart() {
      await child.kill();
      child = await start();
    },
    async stop() {
      await child.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer to PING')));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      if (data.toString().startsWith('+PONG')) resolve();
      else reject(new Error(`PING was answered by ${data.toString().trim()}`));
    });
  });
}
