import type { PropertyValue } from '#libs/events/event.ts';
import { Big } from '#libs/money/decimal.ts';

const DECIMAL = /^-?\d{1,30}(\.\d{1,40})?$/;

/**
 * The decimal a property means: a decimal string (30 integer and 40 fraction digits at most) as it is, a JSON number as the shortest
 * decimal of its double. Undefined for everything else.
 */
export function decimalText(value: PropertyValue | undefined): string | undefined {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return String(value);
    if (!Number.isFinite(value)) return undefined;
    const text = new Big(String(value)).toFixed();
    return DECIMAL.test(text) ? text : undefined;
  }
  return typeof value === 'string' && DECIMAL.test(value) ? value : undefined;
}
