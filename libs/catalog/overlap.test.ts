import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, startOfLocalDay } from './billing-period.ts';
import { findOverlap, type MeteredTerm } from './overlap.ts';

const HOUR = 3_600_000;

const term = fc
  .record({
    start: fc.nat(20),
    days: fc.option(fc.integer({ min: 1, max: 10 })),
    timeZone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Tokyo', 'Pacific/Auckland'),
    meters: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
  })
  .map(({ start, days, timeZone, meters }): Omit<MeteredTerm, 'id'> => {
    const startsOn = addDays('2026-03-01', start);
    return { startsOn, endsOn: days === null ? null : addDays(startsOn, days), timeZone, meters };
  });

/** By looking at every hour of the time in question. */
function shareAnHour(a: Omit<MeteredTerm, 'id'>, b: Omit<MeteredTerm, 'id'>): boolean {
  const isIn = (at: number, { startsOn, endsOn, timeZone }: Omit<MeteredTerm, 'id'>) =>
    at >= startOfLocalDay(startsOn, timeZone) && (endsOn === null || at < startOfLocalDay(endsOn, timeZone));
  for (let at = Date.UTC(2026, 1, 27); at < Date.UTC(2026, 3, 5); at += HOUR)
    if (isIn(at, a) && isIn(at, b)) return true;
  return false;
}

test('two overlap exactly when they share an hour and a meter', () => {
  fc.assert(
    fc.property(term, term, (a, b) => {
      const shared = a.meters.filter((meter) => b.meters.includes(meter));
      const found = findOverlap(a, [{ ...b, id: 'b' }]);
      if (shared.length > 0 && shareAnHour(a, b)) expect(shared).toContain(found?.meter);
      else expect(found).toBeNull();
      expect(findOverlap(b, [{ ...a, id: 'a' }]) === null).toBe(found === null);
    }),
    { numRuns: 50 },
  );
});

test('the one that overlaps is named', () => {
  const base = { startsOn: '2026-01-01', endsOn: null, timeZone: 'UTC' };
  expect(
    findOverlap({ ...base, meters: ['x', 'y'] }, [
      { ...base, id: 'other meter', meters: ['z'] },
      { ...base, id: 'over', endsOn: '2026-01-01', startsOn: '2025-01-01', meters: ['x'] },
      { ...base, id: 'same', meters: ['y'] },
    ]),
  ).toEqual({ id: 'same', meter: 'y' });
});
