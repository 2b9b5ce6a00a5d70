import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeEvent } from '#libs/events/record.ts';
import { usageEvent } from '#tests/support/metering.ts';
import { createMeterCatalog } from './meter.ts';
import { sortOut } from './sort-out.ts';

const CATALOG = createMeterCatalog(1n, []);
const DAY = 86_400_000;
const START = Date.parse('2026-11-01T00:00:00Z');

/** An event as a log delivers it: arrived at a real time, while its organization's clock was ahead by `clockOffset`. */
interface Sent {
  readonly arrivedAt: number;
  readonly clockOffset: number;
  /** Undefined: the sender gave none. */
  readonly time: number | undefined;
}

/** What becomes of it: 'counted', or the reason of its dead letter. */
function fateOf({ arrivedAt, clockOffset, time }: Sent, floor: number | null): string {
  const event = usageEvent('e', { time: time ?? 0, timeGiven: time !== undefined });
  const record = { offset: 0n, appendedAt: new Date(arrivedAt), value: encodeEvent(1, event, clockOffset) };
  const { arrivals, deadLetters } = sortOut([{ partition: 0, epoch: 1, records: [record] }], CATALOG, floor);
  return arrivals.size === 1 ? 'counted' : (deadLetters[0]?.reason as string);
}

const instants = fc.integer({ min: START, max: START + 400 * DAY });
const steps = fc.integer({ min: 0, max: 400 * DAY });
const offsets = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 * 366 * DAY }));
/** How far a time lies from the organization's present. */
const distances = fc.oneof(fc.integer({ min: -200 * DAY, max: 4 * DAY }), fc.integer({ min: -3 * DAY, max: 3 * DAY }));

test('law: an event that was counted and whose key is forgotten is never counted again, however the clock was moved meanwhile', () => {
  fc.assert(
    fc.property(
      instants,
      offsets,
      distances,
      steps,
      steps,
      steps,
      (arrivedAt, clockOffset, distance, later, moved, up) => {
        const first = { arrivedAt, clockOffset, time: arrivedAt + clockOffset + distance };
        fc.pre(fateOf(first, null) === 'counted');
        const again = { ...first, arrivedAt: arrivedAt + later, clockOffset: clockOffset + moved };
        // Keys of what arrived before the floor are gone, those of the first among them.
        expect(fateOf(again, arrivedAt + 1 + up)).toBe('too_old_to_dedupe');
      },
    ),
    { numRuns: 2000 },
  );
});

test('law: an organization in a time of its own is judged as one that never left the real time', () => {
  const floors = fc.option(instants);
  fc.assert(
    fc.property(instants, offsets, distances, floors, (arrivedAt, clockOffset, distance, floor) => {
      const time = arrivedAt + distance;
      const moved = fateOf({ arrivedAt, clockOffset, time: time + clockOffset }, floor);
      expect(moved).toBe(fateOf({ arrivedAt, clockOffset: 0, time }, floor));
      const untimed = fateOf({ arrivedAt, clockOffset, time: undefined }, floor);
      expect(untimed).toBe(fateOf({ arrivedAt, clockOffset: 0, time: undefined }, floor));
    }),
    { numRuns: 2000 },
  );
});

test('reasons tell times by the clock of the organization', () => {
  const record = {
    offset: 0n,
    appendedAt: new Date(START),
    value: encodeEvent(1, usageEvent('e', { time: START }), 30 * DAY),
  };
  const { deadLetters } = sortOut([{ partition: 0, epoch: 1, records: [record] }], CATALOG, START - 10 * DAY);
  expect(deadLetters[0]?.detail).toContain('ids are remembered of what arrived after 2026-11-21T00:00:00.000Z');
});
