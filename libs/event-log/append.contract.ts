import { expect, test } from '@jest/globals';
import { startProcess } from '#tests/support/process.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import type { AppendOutcome } from './event-log.ts';
import { expectStored, type LogUnderTest, PARTITIONS, read, readEverything, recordFor } from './place.contract.ts';

/** What append promises, and what it stores. Part of event-log.contract.ts. */
export function appendContract(under: LogUnderTest): void {
  test('nothing to append is an empty answer', async () => {
    const { log } = under;
    expect(await log.append([])).toEqual([]);
  });

  test('records keep their order, equal keys meet in one partition, outcomes come in the order given', async () => {
    const { log } = under;
    const values = Array.from({ length: 2_500 }, (_, index) => ({ key: index % 37, value: `${index % 37}/${index}` }));
    const outcomes: AppendOutcome[] = [];
    for (let from = 0; from < values.length; from += 500) {
      outcomes.push(
        ...(await log.append(values.slice(from, from + 500).map(({ key, value }) => recordFor(key, value)))),
      );
    }
    const stored = await readEverything(log);
    expectStored(
      stored,
      values.map(({ value }, index) => [value, outcomes[index] as AppendOutcome]),
    );
    for (const [partition, there] of stored) {
      expect(there).toEqual(values.filter(({ key }) => key % PARTITIONS === partition).map(({ value }) => value));
    }
  });

  test('the time of a record is the log clock when it was appended', async () => {
    const { log } = under;
    const before = Date.now();
    await log.append([recordFor(0, 'now')]);
    const reader = await read(log);
    await waitFor(() => reader.count() === 1, { describe: 'the record' });
    const at = reader.batches[0]?.records[0]?.appendedAt.getTime() as number;
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  test('values of any bytes and lengths come back as they were', async () => {
    const { log } = under;
    const values = [Buffer.alloc(0), Buffer.from([0, 255, 10, 13]), Buffer.alloc(700_000, 7)];
    const outcomes = await log.append(values.map((value) => recordFor(2, value)));
    expect(outcomes.map(({ status }) => status)).toEqual(['durable', 'durable', 'durable']);
    const reader = await read(log);
    await waitFor(() => reader.count() === 3, { describe: 'three records' });
    const stored = reader.batches.flatMap((batch) => batch.records.map((record) => record.value));
    expect(stored.map((value, index) => value.equals(values[index] as Buffer))).toEqual([true, true, true]);
  });

  test('offsets have no gaps under 16 concurrent writers while a reader runs', async () => {
    const { log, place } = under;
    const reader = await read(log);
    const acknowledged: [string, AppendOutcome][] = [];
    const second = await place.open();
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        const through = writer % 2 === 0 ? log : second;
        for (let round = 0; round < 40; round += 1) {
          const values = Array.from(
            { length: 1 + ((writer + round) % 9) },
            (_, index) => `${writer}-${round}-${index}`,
          );
          const outcomes = await through.append(values.map((value, index) => recordFor(writer + index, value)));
          values.forEach((value, index) => {
            acknowledged.push([value, outcomes[index] as AppendOutcome]);
          });
        }
      }),
    );
    expect(acknowledged.every(([, { status }]) => status === 'durable')).toBe(true);
    await waitFor(() => reader.count() >= acknowledged.length, {
      timeoutMs: 20_000,
      describe: () => `${acknowledged.length} records, ${reader.count()} came`,
    });
    const seen = new Map(Array.from({ length: PARTITIONS }, (_, partition) => [partition, reader.values(partition)]));
    expectStored(seen, acknowledged);
    expect([...seen.values()].flat().length).toBe(acknowledged.length);
    // A broker that is still loading its group may be told of; nothing may stop.
    expect(reader.troubles.filter(({ halted }) => halted)).toEqual([]);
    const bounds = await log.bounds();
    expect(bounds).toEqual(
      [...seen].map(([partition, values]) => ({ partition, low: 0n, high: BigInt(values.length) })),
    );
  });

  test('kill -9 of a process in mid append: all that it was told durable is there', async () => {
    const { log, place } = under;
    const child = startProcess('tests/support/append-forever.ts', {}, [JSON.stringify(place.target)]);
    const told = () => child.output().split('\n').slice(0, -1);
    await waitFor(() => told().length > 2_000, {
      timeoutMs: 30_000,
      describe: () => `2,000 acknowledgements; the process said ${child.output().slice(-500)}`,
    });
    await child.end('SIGKILL');
    const stored = new Set([...(await readEverything(log)).values()].flat());
    expect(told().filter((value) => !stored.has(value))).toEqual([]);
    // The log goes on as if nothing had been.
    expect(await log.append([recordFor(1, 'after')])).toMatchObject([{ status: 'durable', partition: 1 }]);
  });
}
