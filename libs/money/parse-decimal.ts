import { Big } from './decimal.ts';

/** Bounds of a decimal as it is taken from outside. Sums and products of such figures are not bounded. */
export const MAXIMUM_INTEGER_DIGITS = 30;
export const MAXIMUM_FRACTION_DIGITS = 15;

export type DecimalResult =
  | { readonly ok: true; readonly value: Big }
  | { readonly ok: false; readonly reason: DecimalFailure; readonly message: string };

export type DecimalFailure = 'not_a_string' | 'not_a_decimal' | 'too_many_integer_digits' | 'too_many_fraction_digits';

const ZERO = new Big('0');
const SHAPE = /^-?([0-9]+)(?:\.([0-9]+))?$/;

/**
 * Reads '-12.50': ASCII digits, an optional leading minus and an optional fraction; no plus, exponent, spaces, grouping or bare
 * point. What cannot be read is a failure with its reason and never a zero. '-0' is read as 0.
 */
export function parseDecimal(text: unknown): DecimalResult {
  if (typeof text !== 'string') {
    return failure(
      'not_a_string',
      `must be a decimal in a string such as "12.5", not ${text === null ? 'null' : `a ${typeof text}`}`,
    );
  }
  const match = SHAPE.exec(text);
  if (match === null) {
    return failure(
      'not_a_decimal',
      'must be a plain decimal such as "12.5" or "-0.002": digits, no exponent, no plus sign, no spaces',
    );
  }
  const [, whole, fraction = ''] = match as string[] as [string, string, string?];
  if (whole.length > MAXIMUM_INTEGER_DIGITS) {
    return failure(
      'too_many_integer_digits',
      `has ${whole.length} digits before the point; at most ${MAXIMUM_INTEGER_DIGITS} are taken`,
    );
  }
  if (fraction.length > MAXIMUM_FRACTION_DIGITS) {
    return failure(
      'too_many_fraction_digits',
      `has ${fraction.length} digits after the point; at most ${MAXIMUM_FRACTION_DIGITS} are taken`,
    );
  }
  const value = new Big(text);
  return { ok: true, value: value.eq(ZERO) ? ZERO : value };
}

function failure(reason: DecimalFailure, message: string): DecimalResult {
  return { ok: false, reason, message };
}
