import { expect, test } from '@jest/globals';
import { type GenerationState, planGenerations } from './plan-generations.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
/** Generations by how many days ago each was opened; each was sealed when the next one was opened. */
const state = (openedDaysAgo: number[], over: Partial<GenerationState> = {}): GenerationState => ({
  now: NOW,
  generations: openedDaysAgo.map((days, i) => ({
    generation: i + 1,
    openedAt: NOW - days * DAY,
    sealedAt: i + 1 < openedDaysAgo.length ? NOW - (openedDaysAgo[i + 1] as number) * DAY : null,
  })),
  currentKeys: 1000,
  largestMaxAgeDays: 35,
  ...over,
});

test.each([
  ['a young one stays', state([24]), 100, { open: false, drop: [] }],
  ['after a quarter of the time the next one is opened', state([26]), 100, { open: true, drop: [] }],
  ['but not instead of an empty one', state([26], { currentKeys: 0 }), 100, { open: false, drop: [] }],
  ['a large one is replaced at any age', state([0], { currentKeys: 50_000_001 }), 100, { open: true, drop: [] }],
  ['sealed 101 days ago: still kept', state([126, 101, 20]), 100, { open: false, drop: [] }],
  ['sealed before that: dropped', state([127, 102.5, 20]), 100, { open: false, drop: [1] }],
  ['several at once', state([200, 180, 150, 20]), 100, { open: false, drop: [1, 2] }],
  ['never the current one', state([500]), 100, { open: true, drop: [] }],
  [
    'an organization that takes older events keeps all',
    state([60, 40, 3], { largestMaxAgeDays: 90 }),
    30,
    { open: false, drop: [] },
  ],
  ['and without it they go', state([60, 40, 3], { largestMaxAgeDays: 1 }), 30, { open: false, drop: [1] }],
])('%s', (_name, given, dedupeDays, expected) => {
  expect(planGenerations(given, { dedupeDays, lagDays: 0 })).toEqual(expected);
});

test('an aggregator that is behind forgets nothing of what may still be to apply', () => {
  const given = state([127, 110, 20]);
  expect(planGenerations(given, { dedupeDays: 100, lagDays: 14 }).drop).toEqual([]);
  expect(planGenerations(given, { dedupeDays: 100, lagDays: 7 }).drop).toEqual([1]);
});
