import { chmod, chown, cp, mkdir, mkdtemp, readlink, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { startKafka } from '#scripts/services/kafka.ts';
import { startSystem } from '#tests/support/system.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { eventsOf, expectCounted, METER, send, sumTo } from './operator.ts';
import { mountSmallDisk } from './small-disk.ts';

/*
 * Full disks, real ones. Where this process may not mount one, that is said and nothing is shown.
 */

const NO_MOUNT = 'this process may not mount a small disk: this drill was not done here';

test('the database disk full: what was acknowledged waits in the log, and counts once there is room', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tollbook-small-'));
  await chmod(folder, 0o755);
  const disk = await mountSmallDisk(folder, 3);
  if (!disk) return console.warn(NO_MOUNT);
  const system = await startSystem('embedded');
  const owner = new pg.Client({ connectionString: await system.databaseUrl() });
  try {
    await owner.connect();
    const { api, ingest } = await system.organization({ name: 'Full disk' });
    await api.create('/v1/meters', METER);
    await send(ingest, eventsOf('before', 10));
    await expectCounted(api, 10, sumTo(10));
    // Raw events of today, which grow fastest, on the small disk.
    const { rows } = await owner.query("SELECT current_setting('data_directory') AS directory");
    const { uid, gid } = await stat(rows[0].directory);
    const tablespace = path.join(folder, 'tablespace');
    await mkdir(tablespace);
    await chown(tablespace, uid, gid);
    await owner.query(`CREATE TABLESPACE small LOCATION '${tablespace}'`);
    const day = await owner.query<{ name: string }>(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'usage_events'::regclass",
    );
    for (const { name } of day.rows) await owner.query(`ALTER TABLE ${name} SET TABLESPACE small`);

    const large = eventsOf('during', 4000).map((event) => ({
      ...event,
      properties: { ...event.properties, text: 'x'.repeat(900) },
    }));
    for (let i = 0; i < large.length; i += 500) await send(ingest, large.slice(i, i + 500));
    await waitFor(() => /No space left on device|could not extend file/.test(system.processes.ingest.output()), {
      timeoutMs: 60_000,
      describe: 'the database to say that its disk is full',
    });
    // It goes on taking events, and what it cannot count is no dead letter.
    await send(ingest, eventsOf('still', 20));
    expect((await api.get<{ data: unknown[] }>('/v1/dead-letters')).body.data).toEqual([]);

    await disk.resize(100);
    await expectCounted(api, 4030, sumTo(10) + sumTo(4000) + sumTo(20));
  } finally {
    await owner.end();
    await system.stop();
    await disk.unmount();
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);

test('the broker disk full: nothing is acknowledged that is not kept, and everything goes on once there is room', async () => {
  const kafka = await startKafka();
  const data = path.join(await readlink(`/proc/${kafka.pid()}/cwd`), 'data');
  await kafka.kill();
  await rename(data, `${data}-before`);
  await mkdir(data);
  const disk = await mountSmallDisk(data, 500);
  if (!disk) {
    await kafka.stop();
    return console.warn(NO_MOUNT);
  }
  try {
    await cp(`${data}-before`, data, { recursive: true });
    await kafka.restart();
    const system = await startSystem('distributed', { brokers: kafka.brokers.join(','), topic: 'usage-events' });
    try {
      const { api, ingest } = await system.organization({ name: 'Full disk' });
      await api.create('/v1/meters', METER);
      await disk.leave(3);
      const taken = new Set<string>();
      const unavailable = new Set<string>();
      const large = eventsOf('large', 12_000).map((event) => ({
        ...event,
        properties: { ...event.properties, text: 'x'.repeat(900) },
      }));
      for (let i = 0; i < large.length && unavailable.size === 0; i += 500) {
        const events = large.slice(i, i + 500);
        const { body } = await ingest.post<{ results: { id: string; status: string }[] }>('/v1/events', { events });
        for (const { id, status } of body.results) (status === 'unavailable' ? unavailable : taken).add(id);
      }
      expect(unavailable.size).toBeGreaterThan(0);
      expect(taken.size).toBeGreaterThan(0);

      await disk.resize(500);
      await kafka.restart();
      const known = large.filter(({ id }) => taken.has(id) || unavailable.has(id));
      // Unknown means: send it again.
      await send(
        ingest,
        known.filter(({ id }) => unavailable.has(id)),
      );
      await expectCounted(api, known.length, sumTo(known.length));
    } finally {
      await system.stop();
    }
  } finally {
    await kafka.stop().catch(() => {});
    await disk.unmount();
  }
}, 240_000);
