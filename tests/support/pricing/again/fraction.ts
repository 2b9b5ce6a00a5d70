/** Exact fractions of bigints: figures worked out again without anything of libs/money. */
export interface Fraction {
  readonly over: bigint;
  /** Above zero. */
  readonly under: bigint;
}

function divisor(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other];
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

export function fraction(over: bigint, under = 1n): Fraction {
  const common = divisor(over, under) || 1n;
  const sign = under < 0n ? -1n : 1n;
  return { over: (sign * over) / common, under: (sign * under) / common };
}

export const ZERO = fraction(0n);
export const HUNDRED = fraction(100n);

/** '-12.50' */
export function read(text: string): Fraction {
  const [whole = '', digits = ''] = text.replace('-', '').split('.');
  const over = BigInt(whole + digits);
  return fraction(text.startsWith('-') ? -over : over, 10n ** BigInt(digits.length));
}

export const add = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.over * b.under + b.over * a.under, a.under * b.under);
export const times = (a: Fraction, b: Fraction): Fraction => fraction(a.over * b.over, a.under * b.under);
export const by = (a: Fraction, b: Fraction): Fraction => fraction(a.over * b.under, a.under * b.over);
export const minus = (a: Fraction, b: Fraction): Fraction => add(a, { over: -b.over, under: b.under });
export const percentOf = (percent: string, of: Fraction): Fraction => by(times(of, read(percent)), HUNDRED);
export const total = (all: readonly Fraction[]): Fraction => all.reduce(add, ZERO);

export function compare(a: Fraction, b: Fraction): number {
  const difference = a.over * b.under - b.over * a.under;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
export const least = (a: Fraction, b: Fraction): Fraction => (compare(a, b) <= 0 ? a : b);
export const most = (a: Fraction, b: Fraction): Fraction => (compare(a, b) >= 0 ? a : b);

/** The next whole number below. */
export const floor = ({ over, under }: Fraction): bigint =>
  over < 0n && over % under !== 0n ? over / under - 1n : over / under;

export type Rounding = 'up' | 'down' | 'half_up';

/** In whole units of 10^-digits, up and half being away from zero. */
export function rounded(value: Fraction, digits: number, how: Rounding = 'half_up'): bigint {
  const sign = value.over < 0n ? -1n : 1n;
  const units = times(fraction(sign * value.over, value.under), fraction(10n ** BigInt(digits)));
  if (how === 'half_up') return sign * floor(add(units, fraction(1n, 2n)));
  const down = floor(units);
  return sign * (how === 'up' && compare(units, fraction(down)) > 0 ? down + 1n : down);
}
