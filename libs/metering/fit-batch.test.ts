import { expect, test } from '@jest/globals';
import { fitBatch, recordHash } from './fit-batch.ts';

const record = (offset: number, text = String(offset)) => ({
  offset: BigInt(offset),
  appendedAt: new Date(0),
  value: Buffer.from(text),
});
const batch = (...offsets: number[]) => ({ partition: 3, records: offsets.map((offset) => record(offset)) });
const applied = (next: number) => ({
  nextOffset: BigInt(next),
  lastRecordHash: next === 0 ? null : recordHash(record(next - 1)),
});
const offsets = (fit: ReturnType<typeof fitBatch>) =>
  fit.kind === 'apply' ? fit.records.map(({ offset }) => Number(offset)) : fit;

test.each([
  ['the very first', batch(0, 1), 0, [0, 1]],
  ['the next', batch(5, 6), 5, [5, 6]],
  ['the last applied one again, then new', batch(4, 5), 5, [5]],
  ['a longer covered prefix', batch(2, 3, 4, 5), 5, [5]],
  ['up to a hole', batch(5, 6, 8), 5, [5, 6]],
  ['a hole right after the covered prefix', batch(3, 4, 6), 5, { kind: 'covered', next: 5n }],
  ['exactly what was applied', batch(3, 4), 5, { kind: 'covered', next: 5n }],
  ['wholly below: the last applied record must be seen', batch(1, 2), 5, { kind: 'covered', next: 4n }],
  ['beyond: a gap is never crossed', batch(6, 7), 5, { kind: 'gap', next: 5n }],
])('%s', (_name, given, next, expected) => {
  expect(offsets(fitBatch(given, applied(next)))).toEqual(expected);
});

test('another record where the last applied one was: the log was replaced', () => {
  const other = { partition: 3, records: [record(4, 'other'), record(5)] };
  expect(fitBatch(other, applied(5))).toMatchObject({
    kind: 'replaced',
    detail: expect.stringMatching(/partition 3: the record at offset 4 is not the one/),
  });
});
