import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type UsageWindow, windowsOf } from './windows.ts';

const list = (from: string, to: string, window: UsageWindow, timeZone: string) =>
  [...windowsOf({ from: Date.parse(from), to: Date.parse(to) }, window, timeZone)].map((one) =>
    [one.from, one.to].map((at) => new Date(at).toISOString().slice(0, 16)),
  );
const hours = (from: string, to: string, window: UsageWindow, timeZone: string) =>
  [...windowsOf({ from: Date.parse(from), to: Date.parse(to) }, window, timeZone)].map(
    (one) => (one.to - one.from) / 3_600_000,
  );

test.each([
  ['a day without its second hour', '2026-03-28T23:00Z', '2026-03-30T22:00Z', 'day', 'Europe/Berlin', [23, 24]],
  ['a day with two second hours', '2026-10-24T22:00Z', '2026-10-26T23:00Z', 'day', 'Europe/Berlin', [25, 24]],
  ['half an hour more', '2026-04-04T13:00Z', '2026-04-06T13:30Z', 'day', 'Australia/Lord_Howe', [24.5, 24]],
  ['half an hour less', '2026-10-03T13:30Z', '2026-10-05T13:00Z', 'day', 'Australia/Lord_Howe', [23.5, 24]],
  ['a day that was skipped', '2011-12-29T10:00Z', '2011-12-31T10:00Z', 'day', 'Pacific/Apia', [24, 24]],
  ['midnight that is skipped', '2026-09-05T04:00Z', '2026-09-07T03:00Z', 'day', 'America/Santiago', [24, 23]],
  [
    'a clock change within an hour',
    '2026-04-04T14:00Z',
    '2026-04-04T17:00Z',
    'hour',
    'Australia/Lord_Howe',
    [1, 0.5, 1, 0.5],
  ],
  ['a month with a clock change', '2026-03-01T00:00Z', '2026-04-01T00:00Z', 'month', 'Europe/Berlin', [742, 2]],
] as const)('%s', (_name, from, to, window, zone, lengths) => {
  expect(hours(from, to, window, zone)).toEqual(lengths);
});

test.each([
  ['hour', 'Asia/Kathmandu', ['2026-05-01T00:00', '2026-05-01T00:15'], ['2026-05-01T00:15', '2026-05-01T01:15']],
  ['day', 'Asia/Kolkata', ['2026-05-01T00:00', '2026-05-01T18:30'], ['2026-05-01T18:30', '2026-05-02T18:30']],
  ['week', 'Asia/Kolkata', ['2026-05-01T00:00', '2026-05-03T18:30'], ['2026-05-03T18:30', '2026-05-10T18:30']],
  ['week', 'UTC', ['2026-05-01T00:00', '2026-05-04T00:00'], ['2026-05-04T00:00', '2026-05-11T00:00']],
  ['month', 'America/New_York', ['2026-05-01T00:00', '2026-05-01T04:00'], ['2026-05-01T04:00', '2026-06-01T04:00']],
] as const)('%s in %s: the first is cut off, the next is whole', (window, zone, first, second) => {
  expect(list('2026-05-01T00:00Z', '2026-07-01T00:00Z', window, zone).slice(0, 2)).toEqual([first, second]);
});

test('law: in any zone the windows touch, and together are the span', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        'UTC',
        'Europe/Berlin',
        'Asia/Kolkata',
        'Asia/Kathmandu',
        'Australia/Lord_Howe',
        'Pacific/Apia',
        'America/St_Johns',
      ),
      fc.constantFrom('hour', 'day', 'week', 'month', 'total' as const),
      fc.integer({ min: Date.parse('2009-01-01T00:00Z'), max: Date.parse('2027-01-01T00:00Z') }),
      fc.integer({ min: 1, max: 40 * 86_400_000 }),
      (zone, window, from, length) => {
        const windows = [...windowsOf({ from, to: from + length }, window as UsageWindow, zone)];
        expect(windows[0]?.from).toBe(from);
        expect(windows.at(-1)?.to).toBe(from + length);
        for (const [index, one] of windows.entries()) {
          expect(one.to).toBeGreaterThan(one.from);
          if (index > 0) expect(one.from).toBe(windows[index - 1]?.to);
        }
      },
    ),
  );
});
