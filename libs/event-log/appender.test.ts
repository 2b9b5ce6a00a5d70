import { describe, expect, test } from '@jest/globals';
import { waitFor } from '#tests/support/wait-for.ts';
import { type AppenderOptions, createAppender } from './appender.ts';
import type { LogRecord } from './event-log.ts';
import { recordFor } from './place.contract.ts';

/* The parts of append() that a real log cannot be made to show on demand. The log here is a list that answers when it is told to. */

interface Sending {
  readonly partition: number;
  readonly values: string[];
  confirm(): void;
  fail(): void;
}

function harness(over: Partial<AppenderOptions> = {}) {
  const sends: Sending[] = [];
  const outstanding = new Map<number, number>();
  let most = 0;
  const ends = new Map<number, number>();
  const appender = createAppender({
    partitions: () => 2,
    appendTimeoutMs: 400,
    maxBufferedBytes: 1_000_000,
    send: (partition, records) =>
      new Promise((resolve, reject) => {
        const now = (outstanding.get(partition) ?? 0) + 1;
        outstanding.set(partition, now);
        most = Math.max(most, now);
        const done = () => outstanding.set(partition, now - 1);
        sends.push({
          partition,
          values: records.map(({ value }: LogRecord) => value.toString()),
          confirm() {
            done();
            const first = ends.get(partition) ?? 0;
            ends.set(partition, first + records.length);
            resolve(BigInt(first));
          },
          fail() {
            done();
            reject(new Error('broken'));
          },
        });
      }),
    ...over,
  });
  return { appender, sends, most: () => most };
}

const sendNumber = async (sends: Sending[], count: number): Promise<Sending> => {
  await waitFor(() => sends.length >= count, { describe: `send number ${count}` });
  return sends[count - 1] as Sending;
};

describe('batching', () => {
  test('what waits while a send is out shares the next one; each partition has its own', async () => {
    const { appender, sends } = harness();
    const first = appender.append([recordFor(0, 'a')]);
    const one = await sendNumber(sends, 1);
    const others = ['b', 'c', 'd'].map((value) => appender.append([recordFor(0, value)]));
    const beside = appender.append([recordFor(1, 'x')]);
    const two = await sendNumber(sends, 2);
    expect([two.partition, two.values]).toEqual([1, ['x']]);
    one.confirm();
    const three = await sendNumber(sends, 3);
    expect([three.partition, three.values]).toEqual([0, ['b', 'c', 'd']]);
    three.confirm();
    two.confirm();
    expect(await first).toEqual([{ status: 'durable', partition: 0, offset: 0n }]);
    expect((await Promise.all(others)).flat()).toEqual(
      [1n, 2n, 3n].map((offset) => ({ status: 'durable', partition: 0, offset })),
    );
    expect(await beside).toEqual([{ status: 'durable', partition: 1, offset: 0n }]);
    expect(appender.heldBytes()).toBe(0);
  });

  test('a send holds no more records and bytes than its bounds, but at least one record', async () => {
    const { appender, sends } = harness({ maxBatchRecords: 3, maxBatchBytes: 2_000 });
    const outcomes = appender.append([...'abcdefg'].map((value) => recordFor(0, value)));
    const large = appender.append([recordFor(0, 'L'.repeat(5_000)), recordFor(0, 'z')]);
    const sizes: number[] = [];
    for (let number = 1; number <= 5; number += 1) {
      const send = await sendNumber(sends, number);
      sizes.push(send.values.length);
      send.confirm();
    }
    expect(sizes).toEqual([3, 3, 1, 1, 1]);
    expect((await outcomes).map((outcome) => outcome.status === 'durable' && outcome.offset)).toEqual([
      0n,
      1n,
      2n,
      3n,
      4n,
      5n,
      6n,
    ]);
    expect((await large).map(({ status }) => status)).toEqual(['durable', 'durable']);
  });

  test('never two outstanding sends for a partition, also when sends fail', async () => {
    const { appender, sends, most } = harness({ appendTimeoutMs: 5_000 });
    const appends = Array.from({ length: 200 }, (_, index) => appender.append([recordFor(index, String(index))]));
    let settled = false;
    const all = Promise.all(appends).then((outcomes) => {
      settled = true;
      return outcomes;
    });
    for (let number = 0; !settled; number += 1) {
      await waitFor(() => settled || sends.length > number, { describe: 'the next send' });
      if (number % 3 === 0) sends[number]?.fail();
      else sends[number]?.confirm();
    }
    expect((await all).flat().every(({ status }) => status === 'durable')).toBe(true);
    expect(most()).toBe(1);
  });
});

describe('a log that does not answer', () => {
  test('unavailable when the time is up, and never durable later; the bytes count until the send settles', async () => {
    const { appender, sends } = harness();
    const given = appender.append([recordFor(0, 'a')]);
    await sendNumber(sends, 1);
    const queued = appender.append([recordFor(0, 'b')]);
    expect(await given).toEqual([{ status: 'unavailable', reason: expect.stringContaining('400 ms') }]);
    expect(await queued).toMatchObject([{ status: 'unavailable' }]);
    expect(appender.heldBytes()).toBe(recordFor(0, 'a').partitionKey.length + 1 + 200);
    (sends[0] as Sending).confirm();
    await waitFor(() => appender.heldBytes() === 0, { describe: 'the room to be free' });
    // What had not been sent when its caller gave up is not sent any more.
    expect(sends.length).toBe(1);
    expect(await given).toMatchObject([{ status: 'unavailable' }]);
  });

  test('one append may end half durable, half unavailable', async () => {
    const { appender, sends } = harness();
    const outcomes = appender.append([recordFor(0, 'a'), recordFor(1, 'b'), recordFor(0, 'c')]);
    await sendNumber(sends, 2);
    sends.find(({ partition }) => partition === 0)?.confirm();
    expect(await outcomes).toMatchObject([
      { status: 'durable', offset: 0n },
      { status: 'unavailable' },
      { status: 'durable', offset: 1n },
    ]);
  });

  test('a failed send is repeated for those who wait and dropped for those who gave up', async () => {
    const { appender, sends } = harness();
    const early = appender.append([recordFor(0, 'gave up')]);
    const one = await sendNumber(sends, 1);
    expect(await early).toMatchObject([{ status: 'unavailable' }]);
    const late = appender.append([recordFor(0, 'waits')]);
    one.fail();
    const two = await sendNumber(sends, 2);
    expect(two.values).toEqual(['waits']);
    two.fail();
    const three = await sendNumber(sends, 3);
    three.confirm();
    expect(await late).toEqual([{ status: 'durable', partition: 0, offset: 0n }]);
    expect(appender.heldBytes()).toBe(0);
  });

  test('the last error is in the reason', async () => {
    const { appender, sends } = harness();
    const outcome = appender.append([recordFor(0, 'a')]);
    (await sendNumber(sends, 1)).fail();
    expect(await outcome).toMatchObject([{ reason: expect.stringContaining('broken') }]);
  });
});

describe('the memory bound', () => {
  const BYTES = 1_000;
  const record = (name: string) => recordFor(0, name.padEnd(BYTES - 216));

  test('callers wait for room in line, and get in', async () => {
    const { appender, sends } = harness({ maxBufferedBytes: 2 * BYTES, maxBatchRecords: 1 });
    const appends = [...'abcde'].map((name) => appender.append([record(name)]));
    for (let number = 1; number <= 5; number += 1) {
      const send = await sendNumber(sends, number);
      expect(appender.heldBytes()).toBeLessThanOrEqual(2 * BYTES);
      expect(send.values[0]?.trim()).toBe('abcde'[number - 1]);
      send.confirm();
    }
    expect((await Promise.all(appends)).flat().every(({ status }) => status === 'durable')).toBe(true);
  });

  test('who finds no room in time is told unavailable, and nothing of it is held or sent', async () => {
    const { appender, sends } = harness({ maxBufferedBytes: 2 * BYTES });
    const appends = [...'abcdefghij'].map((name) => appender.append([record(name)]));
    await waitFor(() => sends.length > 0, { describe: 'the first send' });
    expect(appender.heldBytes()).toBeLessThanOrEqual(2 * BYTES);
    expect((await Promise.all(appends)).flat().every(({ status }) => status === 'unavailable')).toBe(true);
    sends[0]?.confirm();
    await waitFor(() => appender.heldBytes() === 0, { describe: 'the room to be free' });
    expect(sends.length).toBe(1);
  });

  test('more than the whole bound goes through alone', async () => {
    const { appender, sends } = harness({ maxBufferedBytes: BYTES, appendTimeoutMs: 5_000 });
    const large = appender.append([record('a'), record('b'), record('c')]);
    const small = appender.append([record('d')]);
    const first = await sendNumber(sends, 1);
    expect(first.values.length).toBe(3);
    first.confirm();
    (await sendNumber(sends, 2)).confirm();
    expect((await Promise.all([large, small])).flat().every(({ status }) => status === 'durable')).toBe(true);
  });
});

test('closing waits for what is out, refuses what is new, and ends in time when nothing answers', async () => {
  const { appender, sends } = harness({ appendTimeoutMs: 5_000 });
  const given = appender.append([recordFor(0, 'a')]);
  const send = await sendNumber(sends, 1);
  const closing = appender.close(5_000);
  expect(await appender.append([recordFor(0, 'b')])).toEqual([
    { status: 'unavailable', reason: 'the log is being closed' },
  ]);
  send.confirm();
  await closing;
  expect(await given).toMatchObject([{ status: 'durable' }]);

  const stuck = harness();
  void stuck.appender.append([recordFor(0, 'a')]);
  await sendNumber(stuck.sends, 1);
  await stuck.appender.close(50);
  expect(stuck.appender.heldBytes()).toBeGreaterThan(0);
});
