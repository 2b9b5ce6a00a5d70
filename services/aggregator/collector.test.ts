import { expect, test } from '@jest/globals';
import type { RecordBatch } from '#libs/event-log/event-log.ts';
import { createCollector } from './collector.ts';

const batch = (partition: number, first: bigint, count: number): RecordBatch => ({
  partition,
  records: Array.from({ length: count }, (_, i) => ({
    offset: first + BigInt(i),
    appendedAt: new Date(0),
    value: Buffer.alloc(0),
  })),
});
const ends = (batches: readonly RecordBatch[]) =>
  new Map(batches.map((b) => [b.partition, { next: (b.records.at(-1)?.offset ?? 0n) + 1n }]));

test('batches of several partitions meet in one call, and each gets its own answer', async () => {
  const calls: number[][] = [];
  const collector = createCollector({
    maxRecords: 6,
    maxWaitMs: 60_000,
    concurrency: 1,
    apply: async (batches) => {
      calls.push(batches.map((b) => b.partition));
      return ends(batches);
    },
  });
  const answers = await Promise.all([collector.handle(batch(0, 0n, 3)), collector.handle(batch(1, 10n, 3))]);
  expect(calls).toEqual([[0, 1]]);
  expect(answers).toEqual([{ next: 3n }, { next: 13n }]);
});

test('a few records do not wait for more than the time limit', async () => {
  const collector = createCollector({
    maxRecords: 1000,
    maxWaitMs: 5,
    concurrency: 1,
    apply: async (batches) => ends(batches),
  });
  expect(await collector.handle(batch(2, 7n, 1))).toEqual({ next: 8n });
});

test('one call at a time; what arrives meanwhile goes into the next', async () => {
  const calls: number[][] = [];
  const gate = Promise.withResolvers<void>();
  const collector = createCollector({
    maxRecords: 1,
    maxWaitMs: 5,
    concurrency: 1,
    apply: async (batches) => {
      calls.push(batches.map((b) => b.partition));
      if (calls.length === 1) await gate.promise;
      return ends(batches);
    },
  });
  const first = collector.handle(batch(0, 0n, 1));
  const others = [collector.handle(batch(1, 0n, 1)), collector.handle(batch(2, 0n, 1))];
  await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toEqual([[0]]);
  gate.resolve();
  await Promise.all([first, ...others]);
  expect(calls.flat().sort()).toEqual([0, 1, 2]);
});

test('with two at once, the second call takes what the first does not hold', async () => {
  const calls: number[][] = [];
  const gate = Promise.withResolvers<void>();
  const collector = createCollector({
    maxRecords: 2,
    maxWaitMs: 60_000,
    concurrency: 2,
    apply: async (batches) => {
      calls.push(batches.map((b) => b.partition));
      await gate.promise;
      return ends(batches);
    },
  });
  const answers = [0, 1, 2].map((partition) => collector.handle(batch(partition, 0n, 2)));
  await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toEqual([[0], [1]]);
  gate.resolve();
  expect(await Promise.all(answers)).toEqual([{ next: 2n }, { next: 2n }, { next: 2n }]);
  await collector.idle();
  expect(calls).toEqual([[0], [1], [2]]);
});

test('a failed call rejects its batches, and the next ones are tried', async () => {
  let fail = true;
  const collector = createCollector({
    maxRecords: 1,
    maxWaitMs: 5,
    concurrency: 1,
    apply: async (batches) => {
      if (fail) throw new Error('database away');
      return ends(batches);
    },
  });
  await expect(collector.handle(batch(0, 0n, 1))).rejects.toThrow('database away');
  fail = false;
  expect(await collector.handle(batch(0, 0n, 1))).toEqual({ next: 1n });
});

test('what waits is shared among the free calls, unless one call does', async () => {
  const shareOf = async (worthwhileRecords: number) => {
    const calls: number[][] = [];
    const collector = createCollector({
      maxRecords: 100,
      maxWaitMs: 5,
      concurrency: 2,
      worthwhileRecords,
      apply: async (batches) => {
        calls.push(batches.map((b) => b.partition));
        await new Promise((resolve) => setImmediate(resolve));
        return ends(batches);
      },
    });
    await Promise.all([0, 1, 2, 3].map((partition) => collector.handle(batch(partition, 0n, 3))));
    return calls;
  };
  expect(await shareOf(6)).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(await shareOf(12)).toEqual([[0, 1, 2, 3]]);
});
