import { describe, expect, test } from '@jest/globals';
import { CURRENCY_CODES, currencyDigits, isCurrency, UnknownCurrency } from './currency.ts';

describe('digits of the minor unit', () => {
  test.each([
    ['EUR', 2],
    ['USD', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['CLP', 0],
    ['UGX', 0],
    ['KWD', 3],
    ['BHD', 3],
    ['TND', 3],
    ['CLF', 4],
    ['UYW', 4],
    ['MGA', 2],
    // Locales print these without or with fewer digits; accounts keep two.
    ['HUF', 2],
    ['IDR', 2],
    ['TWD', 2],
    ['COP', 2],
  ])('%s has %d', (code, digits) => {
    expect(currencyDigits(code)).toBe(digits);
  });

  test.each(['', 'eur', 'EURO', 'XXX', 'XAU', 'XDR', 'XTS', 'DEM', 'ANG', 'toString', '€'])('%j is refused', (code) => {
    expect(() => currencyDigits(code)).toThrow(UnknownCurrency);
    expect(isCurrency(code)).toBe(false);
    expect(String(new UnknownCurrency(code))).toMatch(/^UnknownCurrency: /);
    expect(() => currencyDigits(code)).toThrow(`"${code}" is no currency of ISO 4217`);
  });

  test('the table holds each code once', () => {
    expect(new Set(CURRENCY_CODES).size).toBe(CURRENCY_CODES.length);
    expect(CURRENCY_CODES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    // List one has 178 codes, 13 of them without a minor unit.
    expect(CURRENCY_CODES).toHaveLength(165);
  });

  test('no current currency that the runtime knows is missing', () => {
    const withdrawnOrWithoutMinorUnit =
      'ANG BGN CUC HRK SLL ZWL XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' ');
    const missing = Intl.supportedValuesOf('currency').filter((code) => !isCurrency(code));
    expect(missing.filter((code) => !withdrawnOrWithoutMinorUnit.includes(code))).toEqual([]);
  });
});
