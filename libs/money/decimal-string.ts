import type { Big } from './decimal.ts';

/** The decimal as JSON and documents carry it: all digits, no exponent, no trailing zeros, and zero without a sign. */
export const decimalString = (value: Big): string => value.toFixed();
