import { describe, expect, test } from '@jest/globals';
import { differences, type Invoice } from './compare.ts';
import { countOutside, expectedInvoices } from './expected.ts';
import { createWorkload, lastFullMonth } from './workload.ts';

const HOUR = 3_600_000;

test('at any hour of four years the month is over everywhere on Earth and lies within the 70 days that the demo accepts', () => {
  for (let now = Date.parse('2024-01-01T00:30:00Z'); now < Date.parse('2028-01-01T00:00:00Z'); now += HOUR) {
    const [year, month] = lastFullMonth(new Date(now)).split('-').map(Number) as [number, number];
    const start = Date.UTC(year, month - 1, 1);
    const end = Date.UTC(year, month, 1);
    // The last place to leave a month is 12 hours behind UTC, the first to enter it 14 hours ahead.
    if (end + 12 * HOUR > now || now - (start - 14 * HOUR) > 70 * 24 * HOUR)
      throw new Error(`${new Date(now).toISOString()} bills ${year}-${month}`);
  }
});

const workload = createWorkload({ period: '2026-10', events: 3000, customers: 7, seed: 3 });

test('the workload is the same for the same seed, holds replays and late events, and is skewed', () => {
  expect(createWorkload({ period: '2026-10', events: 3000, customers: 7, seed: 3 })).toEqual(workload);
  const ids = workload.deliveries.map(({ id }) => id);
  expect(new Set(ids).size).toBe(3000);
  expect(ids.length).toBeGreaterThan(3030);
  expect(workload.deliveries.some(({ time }, i) => i > 0 && time < (workload.deliveries[i - 1]?.time ?? ''))).toBe(
    true,
  );
  const first = workload.events.filter(({ customer }) => customer === workload.customers[0]?.key).length;
  expect(first).toBeGreaterThan((2 * 3000) / 7);
});

describe('the comparison', () => {
  const expected = expectedInvoices(workload);
  const money = (cents: bigint) => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
  const right: Invoice[] = [...expected].map(([customer, lines], i) => ({
    id: String(i),
    number: `INV-${i}`,
    customer,
    total: money(Object.values(lines).reduce((sum, { cents }) => sum + cents, 0n)),
    lines: Object.entries(lines).map(([charge_key, { quantity, cents }]) => ({
      charge_key,
      quantity,
      amount: money(cents),
    })),
  }));
  const [first, ...others] = right as [Invoice, ...Invoice[]];
  const [line, ...lines] = first.lines as [Invoice['lines'][0], ...Invoice['lines']];

  test('finds nothing where every cent agrees', () => {
    expect(differences(right, expected)).toEqual([]);
  });

  test.each([
    ['a cent more', [{ ...first, lines: [{ ...line, amount: '49.01' }, ...lines] }, ...others]],
    ['another total', [{ ...first, total: '1.00' }, ...others]],
    ['another quantity', [{ ...first, lines: [{ ...line, quantity: '2' }, ...lines] }, ...others]],
    ['a line that is missing', [{ ...first, lines }, ...others]],
    ['a line twice', [{ ...first, lines: [...first.lines, line] }, ...others]],
    ['an invoice that is missing', others],
    ['an invoice twice', [first, ...right]],
    ['an invoice of a stranger', [...right, { ...first, customer: 'stranger' }]],
  ])('finds %s', (_name, invoices) => {
    expect(differences(invoices, expected)).not.toEqual([]);
  });

  test('every event is either on an invoice or outside the month by its customer', () => {
    const requests = [...expected.values()].reduce((sum, { api }) => sum + Number(api.quantity), 0);
    const transfers = workload.events.filter(({ type }) => type === 'data.transfer').length;
    const outside = countOutside(workload);
    expect(outside).toBeGreaterThan(0);
    expect(requests).toBeLessThanOrEqual(3000 - transfers);
    expect(requests).toBeGreaterThanOrEqual(3000 - transfers - outside);
  });
});
