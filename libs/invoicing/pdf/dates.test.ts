import { describe, expect, test } from '@jest/globals';
import { dateRange, instantRange, longDate } from './dates.ts';
import { messages } from './messages.ts';

test('a date is written out', () => {
  expect(longDate(messages, '2026-10-01')).toBe('1 October 2026');
  expect(() => longDate(messages, '2026-02-30')).toThrow(RangeError);
});

describe('periods are half open and shown by their last day', () => {
  test.each([
    ['2026-10-01', '2026-11-01', '1 Oct – 31 Oct 2026'],
    ['2026-12-15', '2027-01-15', '15 Dec 2026 – 14 Jan 2027'],
    ['2028-02-01', '2028-03-01', '1 Feb – 29 Feb 2028'],
    ['2026-10-01', '2026-10-02', '1 Oct 2026'],
    ['2026-10-01', '2026-10-01', '1 Oct 2026'],
  ])('%s to %s', (from, to, expected) => {
    expect(dateRange(messages, from, to)).toBe(expected);
  });

  test.each([
    ['2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z', 'Europe/Berlin', '1 Oct – 31 Oct 2026'],
    ['2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z', 'UTC', '1 Oct – 31 Oct 2026'],
    ['2026-10-01T04:00:00Z', '2026-11-01T04:00:00Z', 'America/New_York', '1 Oct – 31 Oct 2026'],
    ['2026-09-30T18:15:00Z', '2026-10-31T18:15:00Z', 'Asia/Kathmandu', '1 Oct – 31 Oct 2026'],
    // An end within a day shows the day that it lies on.
    ['2026-10-01T00:00:00Z', '2026-10-16T12:00:00Z', 'UTC', '1 Oct – 16 Oct 2026'],
    ['2026-10-01T00:00:00Z', '2026-10-01T01:00:00Z', 'UTC', '1 Oct 2026'],
  ])('%s to %s in %s', (from, to, zone, expected) => {
    expect(instantRange(messages, from, to, zone)).toBe(expected);
  });
});
