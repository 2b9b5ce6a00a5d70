import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, startOfLocalDay } from './billing-period.ts';
import { findOverlap, type MeteredTerm, type UsageFilter } from './overlap.ts';

const HOUR = 3_600_000;

type Drawn = Omit<MeteredTerm, 'id' | 'meters'> & { readonly meters: readonly string[] };

const withId = (id: string, { meters, ...term }: Drawn): MeteredTerm => ({
  ...term,
  id,
  meters: meters.map((key) => ({ key })),
});

const term = fc
  .record({
    start: fc.nat(20),
    days: fc.option(fc.integer({ min: 1, max: 10 })),
    timeZone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Tokyo', 'Pacific/Auckland'),
    meters: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
  })
  .map(({ start, days, timeZone, meters }): Drawn => {
    const startsOn = addDays('2026-03-01', start);
    return { startsOn, endsOn: days === null ? null : addDays(startsOn, days), timeZone, meters };
  });

/** By looking at every hour of the time in question. */
function shareAnHour(a: Drawn, b: Drawn): boolean {
  const isIn = (at: number, { startsOn, endsOn, timeZone }: Drawn) =>
    at >= startOfLocalDay(startsOn, timeZone) && (endsOn === null || at < startOfLocalDay(endsOn, timeZone));
  for (let at = Date.UTC(2026, 1, 27); at < Date.UTC(2026, 3, 5); at += HOUR)
    if (isIn(at, a) && isIn(at, b)) return true;
  return false;
}

test('two overlap exactly when they share an hour and a meter', () => {
  fc.assert(
    fc.property(term, term, (a, b) => {
      const shared = a.meters.filter((meter) => b.meters.includes(meter));
      const found = findOverlap([withId('a', a)], [withId('b', b)]);
      if (shared.length > 0 && shareAnHour(a, b)) expect(shared).toContain(found?.meter);
      else expect(found).toBeNull();
      expect(findOverlap([withId('b', b)], [withId('a', a)]) === null).toBe(found === null);
    }),
    { numRuns: 50 },
  );
});

test('the one that overlaps is named', () => {
  const base = { startsOn: '2026-01-01', endsOn: null, timeZone: 'UTC' };
  expect(
    findOverlap(
      [withId('new', { ...base, meters: ['x', 'y'] })],
      [
        withId('other meter', { ...base, meters: ['z'] }),
        withId('over', { ...base, endsOn: '2026-01-01', startsOn: '2025-01-01', meters: ['x'] }),
        withId('same', { ...base, meters: ['y'] }),
      ],
    ),
  ).toEqual({ id: 'same', meter: 'y' });
});

test('filters that exclude each other keep two apart, at any time', () => {
  const base = { startsOn: '2026-01-01', endsOn: null, timeZone: 'UTC' };
  const on = (id: string, filter?: UsageFilter): MeteredTerm[] => [{ ...base, id, meters: [{ key: 'x', filter }] }];
  expect(findOverlap(on('new', { region: ['eu'] }), on('old', { region: ['us'] }))).toBeNull();
  expect(findOverlap(on('new', { region: ['eu'] }), on('old', { region: ['us', 'eu'] }))).toMatchObject({ id: 'old' });
  expect(findOverlap(on('new', { region: ['eu'] }), on('old'))).toMatchObject({ id: 'old' });
});
