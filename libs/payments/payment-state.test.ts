import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Big } from '#libs/money/decimal.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { holds, LAW_RUNS, same } from '#tests/support/laws.ts';
import { type InvoiceSums, PAYMENT_STATUSES, paymentState } from './payment-state.ts';
import { splitPayment } from './split-payment.ts';

const TODAY = '2026-10-15';

const sums = (changes: Partial<InvoiceSums> = {}): InvoiceSums => ({
  amountDue: '100.00',
  paid: '0',
  refunded: '0',
  creditedOffset: '0',
  dueDate: '2026-10-20',
  voided: false,
  uncollectible: false,
  ...changes,
});

const late = { dueDate: '2026-10-14' };

describe('the state of the payment of 100.00', () => {
  test.each([
    ['nothing paid', {}, ['open', '0', '100']],
    ['on the due date', { dueDate: TODAY }, ['open', '0', '100']],
    ['the day after', late, ['overdue', '0', '100']],
    ['paid in part', { paid: '99.99' }, ['partially_paid', '99.99', '0.01']],
    ['paid in part, too late', { paid: '99.99', ...late }, ['overdue', '99.99', '0.01']],
    ['paid', { paid: '100' }, ['paid', '100', '0']],
    ['paid, too late', { paid: '100', ...late }, ['paid', '100', '0']],
    ['given up', { uncollectible: true, ...late }, ['uncollectible', '0', '100']],
    ['given up in part', { uncollectible: true, paid: '30' }, ['uncollectible', '30', '70']],
    ['given up and paid all the same', { uncollectible: true, paid: '100' }, ['paid', '100', '0']],
    ['refunded in part', { paid: '100', refunded: '40' }, ['partially_paid', '60', '40']],
    ['refunded', { paid: '100', refunded: '100' }, ['open', '0', '100']],
    ['the rest was credited', { paid: '60', creditedOffset: '40' }, ['paid', '60', '0']],
    ['paid, then credited and refunded', { paid: '100', refunded: '40', creditedOffset: '40' }, ['paid', '60', '0']],
    ['paid, then credited', { paid: '100', creditedOffset: '40' }, ['paid', '100', '0']],
    ['all credited', { creditedOffset: '100' }, ['paid', '0', '0']],
    ['voided', { voided: true, ...late }, ['voided', '0', '0']],
    ['voided after it was paid', { voided: true, paid: '100' }, ['voided', '100', '0']],
    ['nothing due', { amountDue: '0.00', ...late }, ['paid', '0', '0']],
  ] as const)('%s', (_, changes, [status, amountPaid, amountRemaining]) => {
    expect(paymentState(sums(changes), TODAY)).toEqual({ status, amountPaid, amountRemaining });
  });
});

const cents = fc.integer({ min: 0, max: 400 }).map((value) => new Big(String(value)).div('100').toFixed(2));
const anySums: fc.Arbitrary<InvoiceSums> = fc.record({
  amountDue: cents,
  paid: cents,
  refunded: fc.oneof(fc.constant('0'), cents),
  creditedOffset: fc.oneof(fc.constant('0'), cents),
  dueDate: fc.constantFrom('2026-10-14', TODAY, '2026-10-16'),
  voided: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  uncollectible: fc.integer({ min: 0, max: 4 }).map((chance) => chance === 0),
});

test('law: what is paid, credited and remaining is what is due; only then is it paid', () => {
  fc.assert(
    fc.property(anySums, (given) => {
      const { status, amountPaid, amountRemaining } = paymentState(given, TODAY);
      const rest = new Big(given.amountDue).minus(given.creditedOffset).minus(amountPaid);
      holds(new Big(amountRemaining).gte('0'));
      if (given.voided) return holds(status === 'voided');
      if (rest.gt('0')) same(new Big(amountRemaining), rest);
      holds((status === 'paid') === rest.lte('0'));
    }),
    { numRuns: LAW_RUNS },
  );
});

test('law: a payment is what it pays and what is too much, and it pays no more than is left', () => {
  fc.assert(
    fc.property(cents, cents, (amount, remaining) => {
      const { applied, excess } = splitPayment(amount, remaining);
      same(new Big(applied).plus(excess), new Big(amount));
      holds(new Big(applied).lte(remaining) && new Big(excess).gte('0'));
      holds(new Big(excess).eq('0') || new Big(applied).eq(remaining));
    }),
    { numRuns: LAW_RUNS },
  );
});

describe('in the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  test('law: the function that filters lists says the same', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(anySums, { minLength: 100, maxLength: 100 }), async (many) => {
        const { rows } = await database.pool('tollbook_api').query<{ status: string }>(
          `SELECT payment_status(ROW(1, NULL, s.due, s.amount, s.paid, s.refunded, s.credited, s.voided, s.uncollectible)::invoice_sums, $8) AS status
             FROM unnest($1::date[], $2::numeric[], $3::numeric[], $4::numeric[], $5::numeric[], $6::boolean[], $7::boolean[])
                  WITH ORDINALITY AS s (due, amount, paid, refunded, credited, voided, uncollectible, place) ORDER BY s.place`,
          [
            many.map(({ dueDate }) => dueDate),
            many.map(({ amountDue }) => amountDue),
            many.map(({ paid }) => paid),
            many.map(({ refunded }) => refunded),
            many.map(({ creditedOffset }) => creditedOffset),
            many.map(({ voided }) => voided),
            many.map(({ uncollectible }) => uncollectible),
            TODAY,
          ],
        );
        const expected = many.map((one) => paymentState(one, TODAY).status);
        expect(rows.map(({ status }) => status)).toEqual(expected);
        for (const status of expected) seen.add(status);
      }),
      { numRuns: 50 },
    );
    expect([...seen].sort()).toEqual([...PAYMENT_STATUSES].sort());
  });
});
