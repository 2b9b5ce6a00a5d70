import { z } from 'zod';
import type { Big } from '#libs/money/decimal.ts';
import { parseDecimal } from '#libs/money/parse-decimal.ts';

/** Figures as they are sent, stored and printed: decimal strings of at most 30 digits before and 15 after the point. */

const LIMITS = 'Decimal string, at most 30 digits before and 15 after the point';

/** `fault`: what is wrong with a figure that can be read; undefined when nothing is. */
const decimalSchema = (fault: (value: Big) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const result = parseDecimal(text);
    const message = result.ok ? fault(result.value) : result.message;
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** What one unit or one fee costs, a quantity of seats, a balance. */
export const amountSchema = decimalSchema((value) => (value.lt('0') ? 'must not be negative' : undefined)).meta({
  description: `${LIMITS}, not negative.`,
  example: '0.002',
});

/** A size, a tier bound, a factor: what nothing can be divided by or begin at must be more than zero. */
export const positiveSchema = decimalSchema((value) => (value.gt('0') ? undefined : 'must be more than 0')).meta({
  description: `${LIMITS}, more than zero.`,
  example: '1000',
});

/** Usage, which corrections can make negative, or an amount that was billed. */
export const signedSchema = decimalSchema(() => undefined).meta({ description: `${LIMITS}.`, example: '12345.5' });

/** Of a discount: no more than all. */
export const discountPercentSchema = decimalSchema((value) =>
  value.lt('0') || value.gt('100') ? 'must be between 0 and 100' : undefined,
).meta({ description: 'Decimal string between 0 and 100.', example: '10' });

/** The figure behind a field that may be anything; undefined where it has a complaint of its own. */
export function readFigure(text: unknown): Big | undefined {
  const result = parseDecimal(text);
  return result.ok ? result.value : undefined;
}
