import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { createClient } from 'redis';
import { waitFor } from '#tests/support/wait-for.ts';
import { freePorts } from './free-ports.ts';
import { type RedisHandle, startRedis } from './redis.ts';

/* What the handles promise. Kafka and Postgres are frozen and killed all through the contract of the event log; Redis is shown here. */

const started: RedisHandle[] = [];
afterEach(() => Promise.all(started.splice(0).map((redis) => redis.stop())));

async function start(): Promise<RedisHandle> {
  const redis = await startRedis();
  started.push(redis);
  return redis;
}

async function answers(url: string): Promise<boolean> {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 300, socketTimeout: 300 } });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}

test('a service answers, is silent while frozen, is gone when killed, and comes back on the same port', async () => {
  const redis = await start();
  expect(await answers(redis.url)).toBe(true);
  redis.freeze();
  expect(await answers(redis.url)).toBe(false);
  redis.resume();
  await waitFor(() => answers(redis.url), { describe: 'Redis to go on' });
  await redis.kill();
  expect(await answers(redis.url)).toBe(false);
  await redis.restart();
  expect(await answers(redis.url)).toBe(true);
});

test('a frozen service can be stopped', async () => {
  const redis = await startRedis();
  redis.freeze();
  await redis.stop();
  expect(() => process.kill(redis.pid(), 0)).toThrow(/ESRCH/);
});

test('ports that are given out together differ and are below those of outgoing connections', async () => {
  const ports = await freePorts(50);
  expect(new Set(ports).size).toBe(50);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test.each(['SIGTERM', 'SIGINT', 'SIGKILL', 'an error'])('children end when their parent ends by %s', async (way) => {
  const module = JSON.stringify(path.resolve('scripts/services/redis.ts'));
  const script = `const { startRedis } = await import(${module});
    const redis = await startRedis();
    console.log(redis.pid());
    process.stdin.once('data', () => { throw new Error('nobody catches this'); });`;
  const parent = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(() => process.kill(pid, 0)).not.toThrow();
  if (way === 'an error') parent.stdin.write('now\n');
  else parent.kill(way as NodeJS.Signals);
  await once(parent, 'exit');
  await waitFor(
    () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    },
    { describe: `process ${pid} to be gone` },
  );
});
