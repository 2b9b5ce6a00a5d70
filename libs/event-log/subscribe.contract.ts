import { expect, test } from '@jest/globals';
import { waitFor } from '#tests/support/wait-for.ts';
import type { RecordBatch } from './event-log.ts';
import { endOf, fill, filled, type LogUnderTest, PARTITIONS, read, recordFor } from './place.contract.ts';

/** What a subscriber may rely on: order, positions, halts, and a loud stop where records are gone. Part of event-log.contract.ts. */
export function subscribeContract(under: LogUnderTest): void {
  test('the log can be read again from any offset', async () => {
    const { log } = under;
    await fill(log, 50);
    for (const from of [0, 1, 17, 49, 50]) {
      const reader = await read(log, {
        positions: async (partitions) => new Map(partitions.map((partition) => [partition, BigInt(from)])),
      });
      await waitFor(() => reader.count() >= (50 - from) * PARTITIONS, { describe: `the records from ${from} on` });
      await reader.close();
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        expect(reader.values(partition)).toEqual(filled(partition, 50, from));
        if (from < 50)
          expect(reader.batches.find((batch) => batch.partition === partition)?.records[0]?.offset).toBe(BigInt(from));
      }
    }
  });

  test('a subscriber that names no position begins with the first record', async () => {
    const { log, place } = under;
    await fill(log, 3);
    await place.removeBefore(0, 2n);
    const reader = await read(log, { positions: async () => new Map() });
    await waitFor(() => reader.count() >= 1 + 3 * (PARTITIONS - 1), { describe: 'all that is there' });
    expect(reader.values(0)).toEqual(filled(0, 3, 2));
    expect(reader.values(1)).toEqual(filled(1, 3));
    expect(reader.troubles).toEqual([]);
  });

  test('closing waits for the batch in hand and delivers nothing more; a new subscription goes on where it is told', async () => {
    const { log, place } = under;
    await fill(log, 20);
    const finish: (() => void)[] = [];
    const hands: RecordBatch[] = [];
    const reader = await read(log, {
      async handle(batch) {
        hands.push(batch);
        await new Promise<void>((resolve) => finish.push(resolve));
        return { next: endOf(batch) };
      },
    });
    await waitFor(() => hands.length === PARTITIONS, { describe: 'one batch of each partition in hand' });
    let closed = false;
    const closing = reader.close().then(() => {
      closed = true;
    });
    await log.append([recordFor(0, 'later')]);
    expect([closed, hands.length]).toEqual([false, PARTITIONS]);
    finish[0]?.();
    await log.append([recordFor(0, 'later still')]);
    // One of four let go: the others keep it open.
    expect(closed).toBe(false);
    for (const each of finish) each();
    await closing;
    const positions = new Map(hands.map((batch) => [batch.partition, endOf(batch)]));
    const next = await place.open();
    const second = await read(next, { positions: async () => positions });
    await waitFor(() => second.values(0).at(-1) === 'later still', {
      timeoutMs: 30_000,
      describe: 'the records after those',
    });
    expect(second.values(0)).toEqual([...filled(0, 20, Number(positions.get(0))), 'later', 'later still']);
    expect(hands.length).toBe(PARTITIONS);
  }, 60_000);

  test('a handler that rejects gets the same records again; the partitions beside it go on', async () => {
    const { log } = under;
    await fill(log, 5);
    let failures = 0;
    const attempts: string[] = [];
    const reader = await read(log, {
      async handle(batch) {
        if (batch.partition === 2) attempts.push(batch.records.map(({ offset }) => offset).join());
        if (batch.partition === 2 && failures < 3) {
          failures += 1;
          throw new Error('the database is away');
        }
        return { next: endOf(batch) };
      },
    });
    await waitFor(() => reader.count() >= 5 * PARTITIONS, { describe: 'all records' });
    expect(reader.values(2)).toEqual(filled(2, 5));
    expect(attempts.length).toBeGreaterThanOrEqual(4);
    expect(new Set(attempts.slice(0, 4)).size).toBe(1);
    expect(reader.troubles).toContainEqual({
      partition: 2,
      halted: false,
      message: expect.stringContaining('the database is away'),
    });
  });

  test('for one partition never two batches at once', async () => {
    const { log } = under;
    const inHand = new Map<number, number>();
    let most = 0;
    const reader = await read(log, {
      async handle(batch) {
        const now = (inHand.get(batch.partition) ?? 0) + 1;
        inHand.set(batch.partition, now);
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 2));
        inHand.set(batch.partition, now - 1);
        return { next: endOf(batch) };
      },
    });
    await Promise.all(Array.from({ length: 400 }, (_, index) => log.append([recordFor(index % 2, String(index))])));
    await waitFor(() => reader.count() === 400, { describe: '400 records' });
    expect([...reader.values(0), ...reader.values(1)].length).toBe(400);
    expect(most).toBe(1);
  });

  test('halt stops one partition, says so, and the others go on', async () => {
    const { log } = under;
    await fill(log, 4);
    const reader = await read(log, {
      handle: async (batch) =>
        batch.partition === 1 ? { halt: 'the hash of the last record differs' } : { next: endOf(batch) },
    });
    await waitFor(() => reader.troubles.length > 0, { describe: 'the trouble' });
    const before = reader.batches.filter(({ partition }) => partition === 1).length;
    await fill(log, 4);
    await waitFor(() => [0, 2, 3].every((partition) => reader.values(partition).length === 8), {
      describe: 'the other partitions',
    });
    expect(reader.batches.filter(({ partition }) => partition === 1).length).toBe(before);
    expect(reader.troubles).toEqual([
      { partition: 1, halted: true, message: expect.stringContaining('the hash of the last record differs') },
    ]);
  });

  test('the subscriber may go back, and forward', async () => {
    const { log } = under;
    await fill(log, 30);
    const offsets: bigint[] = [];
    let back = false;
    let forward = false;
    const reader = await read(log, {
      async handle(batch) {
        if (batch.partition !== 3) return { next: endOf(batch) };
        for (const record of batch.records) offsets.push(record.offset);
        if (!back && endOf(batch) === 30n) {
          back = true;
          return { next: 10n };
        }
        if (back && !forward) {
          forward = true;
          return { next: 29n };
        }
        return { next: endOf(batch) };
      },
    });
    await waitFor(() => forward && offsets.at(-1) === 29n && offsets.filter((offset) => offset === 29n).length >= 2, {
      describe: () => `the way back and forth, so far ${offsets.join()}`,
    });
    expect(offsets.slice(0, 31)).toEqual([...Array.from({ length: 30 }, (_, index) => BigInt(index)), 10n]);
    expect(reader.troubles).toEqual([]);
  });

  test('a position that retention has removed, or that the log never had, stops the partition loudly', async () => {
    const { log, place } = under;
    await fill(log, 10);
    await place.removeBefore(0, 6n);
    const reader = await read(log, {
      positions: async () =>
        new Map([
          [0, 5n],
          [1, 11n],
          [2, 10n],
          [3, 0n],
        ]),
    });
    await waitFor(() => reader.troubles.length >= 2 && reader.values(3).length === 10, {
      describe: 'two troubles and one partition read',
    });
    await log.append([0, 1, 2].map((partition) => recordFor(partition, 'new')));
    await waitFor(() => reader.values(2).length === 1, { describe: 'the partition that was at its end' });
    expect([...reader.troubles].sort((a, b) => (a.partition ?? 0) - (b.partition ?? 0))).toEqual([
      { partition: 0, halted: true, message: expect.stringMatching(/records 5 to 5 .* no longer in the log/) },
      { partition: 1, halted: true, message: expect.stringMatching(/offset 11 .* ends at 10/) },
    ]);
    expect([reader.values(0), reader.values(1)]).toEqual([[], []]);
  });

  test('going back to what retention has removed stops the partition loudly', async () => {
    const { log, place } = under;
    await fill(log, 10);
    await place.removeBefore(1, 6n);
    const reader = await read(log, {
      positions: async (partitions) => new Map(partitions.map((partition) => [partition, 9n])),
      handle: async (batch) => ({ next: batch.partition === 1 ? 3n : endOf(batch) }),
    });
    await waitFor(() => reader.troubles.length > 0, { describe: 'the trouble' });
    expect(reader.troubles).toEqual([
      { partition: 1, halted: true, message: expect.stringMatching(/records 3 to 5 .* no longer in the log/) },
    ]);
    expect(reader.values(1)).toEqual(filled(1, 10, 9));
  });

  test('positions are asked again until they are known', async () => {
    const { log } = under;
    await fill(log, 2);
    let asked = 0;
    const reader = await read(log, {
      async positions(partitions) {
        asked += 1;
        if (asked < 3) throw new Error('the database is away');
        return new Map(partitions.map((partition) => [partition, 1n]));
      },
    });
    await waitFor(() => reader.count() === PARTITIONS, { describe: 'the last record of each partition' });
    expect(asked).toBe(3);
    expect(reader.troubles.map(({ halted }) => halted)).toEqual([false, false]);
  });
}
