import { access } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { startProcess } from '../support/process.ts';

test('the demo never touches what the environment points to, agrees to the cent, and leaves nothing running', async () => {
  const demo = startProcess(
    'scripts/demo/main.ts',
    {
      DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/real',
      KAFKA_BROKERS: '127.0.0.1:1',
      REDIS_URL: 'redis://127.0.0.1:1',
      TOLLBOOK_PORT: '1',
      TOLLBOOK_BOOTSTRAP_KEY: 'short',
    },
    ['--events', '3000', '--customers', '6'],
  );
  expect([await demo.exited, demo.output()]).toEqual([
    0,
    expect.stringMatching(/6 invoices agree with an independent calculation/),
  ]);
  expect(demo.output()).toMatch(/unexplained\s+0\b/);
  await expect(access('.tollbook/demo/data/tollbook.pid')).rejects.toThrow(/ENOENT/);
  await expect(access('.tollbook/demo/invoices')).resolves.toBeUndefined();
}, 120_000);

test('interrupted in the middle, it ends its server', async () => {
  const demo = startProcess('scripts/demo/main.ts', {}, ['--events', '200000', '--customers', '6']);
  await demo.waitForOutput(/customers/);
  expect(await demo.end('SIGINT')).toBe(130);
  await expect(access('.tollbook/demo/data/tollbook.pid')).rejects.toThrow(/ENOENT/);
}, 120_000);
