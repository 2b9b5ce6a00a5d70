/*
 * Exact decimals of the model's own, on BigInt: a fault that lies in the product's arithmetic must not be shared by what it is
 * compared with.
 */

/** units / 10^scale. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { units: 0n, scale: 0 };

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Of a decimal string, or of the shortest text of a JSON number (which may have an exponent). @throws Error for anything else. */
export function decimal(text: string | number): Decimal {
  const match = PLAIN.exec(String(text));
  if (!match) throw new Error(`${JSON.stringify(text)} is not a decimal`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const units = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: at(a, scale) + at(b, scale), scale };
}

export const times = (a: Decimal, factor: bigint): Decimal => ({ units: a.units * factor, scale: a.scale });

/** Negative, zero or positive, as a - b is. */
export function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = at(a, scale) - at(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Whether `quotient` is a / divisor to `digits` places, whichever way the last of them was rounded. */
export function isQuotient(quotient: Decimal, a: Decimal, divisor: bigint, digits = 40): boolean {
  const scale = Math.max(a.scale, quotient.scale, digits);
  const error = at(quotient, scale) * divisor - at(a, scale);
  return (error < 0n ? -error : error) < divisor * 10n ** BigInt(scale - digits);
}

/** The shortest way to write it. */
export function show({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return `${units < 0n ? '-' : ''}${whole}${scale > 0 && fraction ? `.${fraction}` : ''}`;
}

const at = (value: Decimal, scale: number): bigint => value.units * 10n ** BigInt(scale - value.scale);
