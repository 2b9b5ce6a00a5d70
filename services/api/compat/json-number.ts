import { z } from 'zod';

/** An exact decimal as a JSON number where a double holds all its digits (15), as text where it does not. */
export const jsonNumberSchema = z
  .union([z.number(), z.string()])
  .describe('A number; text where it has more digits than a number holds exactly');

const EXACT_DIGITS = 15;

export function jsonNumber(decimal: string): number | string {
  const digits = decimal.replace(/^-?0*\.?0*/, '').replace('.', '');
  return digits.length <= EXACT_DIGITS ? Number(decimal) : decimal;
}
