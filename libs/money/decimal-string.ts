import type { Big } from './decimal.ts';

/** The decimal as JSON and documents carry it: all digits, no exponent, no trailing zeros, and zero without a sign. */
export function decimalString(value: Big): string {
  // toFixed keeps big.js's signed zero; a document must not say "-0".
  const text = value.toFixed();
  return text === '-0' ? '0' : text;
}
