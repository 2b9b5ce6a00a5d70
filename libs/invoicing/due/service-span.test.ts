import { expect, test } from '@jest/globals';
import type { BillingTerms } from './billing-terms.ts';
import { serviceSpan } from './service-span.ts';

const terms = (changes: Partial<BillingTerms> = {}): BillingTerms => ({
  startsOn: '2026-01-01',
  endsOn: null,
  timeZone: 'UTC',
  interval: 'month',
  anchor: null,
  graceMinutes: 0,
  ...changes,
});
const OCTOBER = { endsAfter: '2026-10-01', endsUntil: '2026-11-01' };

test.each<[string, BillingTerms[], [string, string] | null]>([
  ['a calendar month', [terms()], ['2026-10-01T00:00Z', '2026-11-01T00:00Z']],
  ['from the 15th to the 15th', [terms({ anchor: '2026-01-15' })], ['2026-09-15T00:00Z', '2026-10-15T00:00Z']],
  ['a year', [terms({ interval: 'year', anchor: '2025-10-20' })], ['2025-10-20T00:00Z', '2026-10-20T00:00Z']],
  ['days', [terms({ interval: 'day' })], ['2026-10-01T00:00Z', '2026-11-01T00:00Z']],
  [
    'one that began in the month: its whole period',
    [terms({ startsOn: '2026-10-20' })],
    ['2026-10-01T00:00Z', '2026-11-01T00:00Z'],
  ],
  ['one that ended in it', [terms({ endsOn: '2026-10-12' })], ['2026-10-01T00:00Z', '2026-10-12T00:00Z']],
  [
    'several zones',
    [terms({ timeZone: 'Pacific/Kiritimati' }), terms({ timeZone: 'Pacific/Pago_Pago' })],
    ['2026-09-30T10:00Z', '2026-11-01T11:00Z'],
  ],
  ['a zone that is not known', [terms({ timeZone: 'Atlantis/Capital' })], null],
  ['none that ends in it', [terms({ interval: 'year', anchor: '2025-12-20' })], null],
  ['nobody', [], null],
])('%s', (_name, given, expected) => {
  const span = serviceSpan(given, OCTOBER);
  expect(span && [span.from, span.to]).toEqual(expected?.map((instant) => Date.parse(instant)) ?? null);
});
