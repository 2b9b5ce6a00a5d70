import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LAW_RUNS } from '#tests/support/laws.ts';
import { CURRENCY_CODES, currencyDigits, UnknownCurrency } from './currency.ts';
import { Big } from './decimal.ts';
import { fromStripeAmount, NotInStripe, stripeDigits, toStripeAmount } from './stripe-digits.ts';

const isTaken = (code: string): boolean => {
  try {
    return stripeDigits(code) !== undefined;
  } catch {
    return false;
  }
};
const TAKEN = CURRENCY_CODES.filter(isTaken);

// The figures of https://docs.stripe.com/currencies, and borders around them.
describe('an amount as Stripe is told it', () => {
  test.each([
    ['10', 'USD', 'charge', 1000n, '0'],
    ['10', 'JPY', 'charge', 10n, '0'],
    ['500', 'JPY', 'charge', 500n, '0'],
    ['0.999', 'JPY', 'charge', 0n, '0.999'],
    ['5', 'ISK', 'charge', 500n, '0'],
    ['5', 'UGX', 'charge', 500n, '0'],
    ['5.99', 'UGX', 'charge', 500n, '0.99'],
    ['5.124', 'KWD', 'charge', 5120n, '0.004'],
    ['1.234', 'KWD', 'charge', 1230n, '0.004'],
    ['-1.234', 'KWD', 'charge', -1230n, '-0.004'],
    ['0.009', 'BHD', 'charge', 0n, '0.009'],
    ['1.5', 'MGA', 'charge', 1n, '0.5'],
    ['10.45', 'HUF', 'charge', 1045n, '0'],
    ['10.45', 'HUF', 'payout', 1000n, '0.45'],
    ['800.45', 'TWD', 'charge', 80045n, '0'],
    ['800.45', 'TWD', 'payout', 80000n, '0.45'],
    ['800.45', 'USD', 'payout', 80045n, '0'],
    ['0.019', 'EUR', 'charge', 1n, '0.009'],
    ['0', 'EUR', 'charge', 0n, '0'],
    ['123456789012345678901234567890.12', 'EUR', 'charge', 12345678901234567890123456789012n, '0'],
  ] as const)('%s %s as a %s is %s and a rest of %s', (amount, currency, movement, integer, rest) => {
    const told = toStripeAmount(new Big(amount), currency, movement);
    expect([told.integer, told.rest.toFixed()]).toEqual([integer, rest]);
  });

  test.each(['IQD', 'LYD', 'CLF', 'UYW', 'UYI'])('%s is not guessed', (code) => {
    expect(() => toStripeAmount(new Big('1'), code)).toThrow(NotInStripe);
    expect(() => fromStripeAmount(1n, code)).toThrow(`Stripe documents no digits for ${code}`);
    expect(String(new NotInStripe(code))).toMatch(/^NotInStripe: /);
  });

  test('what is no currency is no currency of Stripe', () => {
    expect(() => stripeDigits('usd')).toThrow(UnknownCurrency);
  });

  test('the digits differ from those of ISO 4217 for three currencies', () => {
    expect(TAKEN.filter((code) => stripeDigits(code).digits !== currencyDigits(code))).toEqual(['ISK', 'MGA', 'UGX']);
    expect(CURRENCY_CODES.filter((code) => !isTaken(code))).toEqual(['CLF', 'IQD', 'LYD', 'UYI', 'UYW']);
  });
});

describe('laws', () => {
  const amounts = fc
    .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 15 }))
    .map(([digits, scale]) => new Big(`${digits}e-${scale}`));
  const currency = fc.constantFrom(...TAKEN);
  const movement = fc.constantFrom('charge' as const, 'payout' as const);

  test('nothing is ever lost: moved + rest = amount; never more than the amount; a whole number of steps', () => {
    fc.assert(
      fc.property(amounts, currency, movement, (amount, code, kind) => {
        const { integer, rest } = toStripeAmount(amount, code, kind);
        const { digits, step } = stripeDigits(code, kind);
        const moved = fromStripeAmount(integer, code);
        expect(moved.plus(rest).eq(amount)).toBe(true);
        expect(moved.abs().lte(amount.abs())).toBe(true);
        expect(rest.eq('0') || rest.gt('0') === amount.gt('0')).toBe(true);
        expect(rest.abs().lt(new Big(String(step)).times(`1e-${digits}`))).toBe(true);
        expect(integer % BigInt(step)).toBe(0n);
      }),
      { numRuns: LAW_RUNS },
    );
  });

  test('what was told once is told again in the same way, without a rest', () => {
    fc.assert(
      fc.property(amounts, currency, movement, (amount, code, kind) => {
        const { integer } = toStripeAmount(amount, code, kind);
        const again = toStripeAmount(fromStripeAmount(integer, code), code, kind);
        expect([again.integer, again.rest.toFixed()]).toEqual([integer, '0']);
      }),
      { numRuns: LAW_RUNS },
    );
  });

  test('what Stripe reports comes back as it was reported', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), currency, (integer, code) => {
        const { digits } = stripeDigits(code);
        expect(BigInt(fromStripeAmount(integer, code).times(`1e${digits}`).toFixed())).toBe(integer);
      }),
    );
  });

  test('the negative amount is told as the negative', () => {
    fc.assert(
      fc.property(amounts, currency, movement, (amount, code, kind) => {
        const [one, other] = [toStripeAmount(amount, code, kind), toStripeAmount(amount.neg(), code, kind)];
        expect(one.integer).toBe(-other.integer);
        expect(one.rest.plus(other.rest).eq('0')).toBe(true);
      }),
    );
  });
});
