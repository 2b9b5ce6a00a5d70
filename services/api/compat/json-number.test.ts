import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Big } from '#libs/money/decimal.ts';
import { jsonNumber } from './json-number.ts';

test.each([
  ['0', 0],
  ['12.50', 12.5],
  ['-0.000001', -0.000001],
  ['999999999999999', 999999999999999],
  ['12345678901234567.89', '12345678901234567.89'],
  ['0.1234567890123456789', '0.1234567890123456789'],
])('%s goes as %j', (decimal, expected) => expect(jsonNumber(decimal)).toBe(expected));

test('what is written is the decimal itself, whatever its size', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.integer({ min: 0, max: 20 }),
      (units, places) => {
        const decimal = new Big(units.toString()).times(new Big('10').pow(-places)).toFixed();
        const written: unknown = JSON.parse(JSON.stringify(jsonNumber(decimal)));
        expect(new Big(String(written)).eq(decimal)).toBe(true);
      },
    ),
  );
});
