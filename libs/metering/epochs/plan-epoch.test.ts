import { expect, test } from '@jest/globals';
import { type EpochChoice, planEpoch } from './plan-epoch.ts';

const position = (partition: number, nextOffset: bigint) => ({ partition, epoch: 3, firstOffset: 0n, nextOffset });
const bound = (partition: number, low: bigint, high: bigint) => ({ partition, low, high });

const plan = (choice: EpochChoice, positions = [position(0, 50n), position(1, 7n)]) =>
  planEpoch(positions, [bound(0, 10n, 40n), bound(1, 0n, 9n)], choice).map((each) => [
    each.partition,
    each.firstOffset,
    each.keepsHash,
    each.readAgain,
    each.skipped,
  ]);

test('from the earliest record: what is there is read again', () => {
  expect(plan({ from: 'earliest', partitions: null })).toEqual([
    [0, 10n, false, 40n, 0n],
    [1, 0n, false, 7n, 0n],
  ]);
});

test('from the end: what was not applied yet is skipped, and said so', () => {
  expect(plan({ from: 'end', partitions: null })).toEqual([
    [0, 40n, false, 10n, 0n],
    [1, 9n, false, 0n, 2n],
  ]);
});

test('one partition: the other one stays, in the same new epoch, and its last record is still compared', () => {
  const choice: EpochChoice = { from: 'earliest', partitions: [0] };
  expect(plan(choice)).toEqual([
    [0, 10n, false, 40n, 0n],
    [1, 7n, true, 0n, 0n],
  ]);
  expect(planEpoch([position(0, 1n)], [bound(0, 0n, 1n)], choice).map(({ epoch }) => epoch)).toEqual([4]);
});

test('a partition never read begins where its log does, one that the log lost at 0', () => {
  expect(planEpoch([position(1, 5n)], [bound(0, 10n, 40n)], { from: 'earliest', partitions: null })).toMatchObject([
    { partition: 0, epoch: 4, firstOffset: 10n },
    { partition: 1, epoch: 4, firstOffset: 0n },
  ]);
});

test('keeping a place that the log does not have is refused, and so is an unknown partition', () => {
  expect(() => plan({ from: 'keep', partitions: null })).toThrow(
    'partition 0 would go on at offset 50, but the log has 10 to 40: choose --from earliest or end for it',
  );
  expect(plan({ from: 'keep', partitions: [1] })).toEqual([
    [0, 50n, true, 0n, 0n],
    [1, 7n, false, 0n, 0n],
  ]);
  expect(() => plan({ from: 'end', partitions: [2] })).toThrow('there is no partition 2: there are 0, 1');
});
