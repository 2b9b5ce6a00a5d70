import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from './billing-period.ts';
import { type SubscriptionChange, segmentAt, segmentsOf } from './segments.ts';

let made = 0;
const change = (startsOn: string, fields: Partial<SubscriptionChange> = {}): SubscriptionChange => ({
  id: `${String(++made).padStart(6, '0')}`,
  startsOn,
  planId: null,
  quantities: null,
  overrides: null,
  paused: null,
  ...fields,
});
const first = change('2026-01-01', { planId: 'a', quantities: { seats: '5', desks: '1' } });

describe('segmentsOf', () => {
  test('what a change does not name stays; quantities are named one by one, overrides all together', () => {
    const discount = { fee: { discount_percent: '5' } };
    const segments = segmentsOf(
      [
        first,
        change('2026-02-01', { quantities: { seats: '8' }, overrides: discount }),
        change('2026-03-01', { paused: true }),
        change('2026-04-01', { paused: false, planId: 'b', overrides: {} }),
      ],
      null,
    );
    const seats = { seats: '8', desks: '1' };
    expect(segments).toMatchObject([
      { startsOn: '2026-01-01', endsOn: '2026-02-01', planId: 'a', quantities: { seats: '5' }, overrides: {} },
      { startsOn: '2026-02-01', endsOn: '2026-03-01', planId: 'a', quantities: seats, overrides: discount },
      { startsOn: '2026-03-01', endsOn: '2026-04-01', planId: 'a', paused: true, overrides: discount },
      { startsOn: '2026-04-01', endsOn: null, planId: 'b', paused: false, quantities: seats, overrides: {} },
    ]);
  });

  test('of two changes of a day the later made comes on top', () => {
    const [early, late] = [change('2026-02-01', { planId: 'b' }), change('2026-02-01', { quantities: { seats: '9' } })];
    const segments = segmentsOf([late, first, early], null);
    expect(segments).toHaveLength(2);
    expect(segments[1]).toMatchObject({ changeId: late.id, planId: 'b', quantities: { seats: '9' } });
  });

  test('what comes behind the end never is; one taken back before it began has none', () => {
    const changes = [first, change('2026-02-01', { planId: 'b' })];
    expect(segmentsOf(changes, '2026-02-01')).toMatchObject([{ planId: 'a', endsOn: '2026-02-01' }]);
    expect(segmentsOf(changes, '2026-01-01')).toEqual([]);
  });

  test('segments touch from the first day to the end, whatever the changes and in whatever order they are read', () => {
    const day = fc.integer({ min: 0, max: 60 }).map((days) => addDays('2026-01-01', days));
    fc.assert(
      fc.property(fc.array(day, { maxLength: 12 }), fc.option(fc.integer({ min: 1, max: 80 })), (days, length) => {
        const endsOn = length === null ? null : addDays('2026-01-01', length);
        const changes = [
          first,
          ...days.map((startsOn, seats) => change(startsOn, { quantities: { seats: `${seats}` } })),
        ];
        const segments = segmentsOf(changes, endsOn);
        expect(segmentsOf(changes.toReversed(), endsOn)).toEqual(segments);
        expect(segments[0]?.startsOn).toBe('2026-01-01');
        expect(segments.at(-1)?.endsOn ?? null).toBe(endsOn);
        expect(segments.slice(1).map(({ startsOn }) => startsOn)).toEqual(
          segments.slice(0, -1).map((one) => one.endsOn),
        );
        for (const segment of segments) {
          expect(segment.endsOn === null || segment.endsOn > segment.startsOn).toBe(true);
          expect(segmentAt(segments, segment.startsOn)).toBe(segment);
        }
      }),
    );
  });
});
