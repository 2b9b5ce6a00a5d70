/** An exact number: numerator over a denominator above zero, cut down. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

/** Reads a decimal, or a whole number. @throws Error when it is none */
export function fraction(value: string | number | bigint): Fraction {
  const match = DECIMAL.exec(String(value));
  if (!match) throw new Error(`${JSON.stringify(String(value))} is no decimal`);
  const [, sign, whole = '0', digits = '', power = '0'] = match;
  const over = BigInt(`${whole}${digits}`) * (sign === '-' ? -1n : 1n);
  const exponent = Number(power) - digits.length;
  return exponent >= 0 ? reduced(over * 10n ** BigInt(exponent), 1n) : reduced(over, 10n ** BigInt(-exponent));
}

function reduced(over: bigint, under: bigint): Fraction {
  let [a, b] = [over < 0n ? -over : over, under];
  while (b !== 0n) [a, b] = [b, a % b];
  const by = a === 0n ? 1n : a;
  return { over: over / by, under: under / by };
}

export const ZERO: Fraction = { over: 0n, under: 1n };

export const add = (a: Fraction, b: Fraction): Fraction =>
  reduced(a.over * b.under + b.over * a.under, a.under * b.under);
export const negative = ({ over, under }: Fraction): Fraction => ({ over: -over, under });
export const minus = (a: Fraction, b: Fraction): Fraction => add(a, negative(b));
export const times = (a: Fraction, b: Fraction): Fraction => reduced(a.over * b.over, a.under * b.under);
export const sumOf = (all: readonly Fraction[]): Fraction => all.reduce(add, ZERO);

export function divided(a: Fraction, b: Fraction): Fraction {
  if (b.over === 0n) throw new Error('division by zero');
  const [over, under] = [a.over * b.under, a.under * b.over];
  return under < 0n ? reduced(-over, -under) : reduced(over, under);
}

/** Below, at or above zero, as the sign of a difference. */
export function compare(a: Fraction, b: Fraction): number {
  const { over } = minus(a, b);
  return over < 0n ? -1 : over > 0n ? 1 : 0;
}

export const isLess = (a: Fraction, b: Fraction): boolean => compare(a, b) < 0;
export const least = (a: Fraction, b: Fraction): Fraction => (isLess(b, a) ? b : a);

/** The next whole number that is not greater. */
export function floor({ over, under }: Fraction): bigint {
  const cut = over / under;
  return over < 0n && cut * under !== over ? cut - 1n : cut;
}

/** To so many digits after the point, half away from zero. */
export function rounded(value: Fraction, digits: number): Fraction {
  const scale = fraction(10n ** BigInt(digits));
  const { over, under } = times(value, scale);
  const size = over < 0n ? -over : over;
  const whole = (2n * size + under) / (2n * under);
  return divided(fraction(over < 0n ? -whole : whole), scale);
}

/** A whole amount by weights, to so many digits: cut down first, then a unit more for the largest rest, ties to the first. */
export function shared(whole: Fraction, weights: readonly Fraction[], digits: number): Fraction[] {
  const unit = divided(fraction(1), fraction(10n ** BigInt(digits)));
  const all = sumOf(weights);
  if (all.over === 0n) return weights.map(() => ZERO);
  const exact = weights.map((weight) => divided(divided(times(whole, weight), all), unit));
  const cut = exact.map(floor);
  let left = floor(divided(whole, unit)) - cut.reduce((sum, one) => sum + one, 0n);
  const byRest = exact
    .map((value, at) => ({ at, rest: minus(value, fraction(cut[at] as bigint)) }))
    .sort((a, b) => compare(b.rest, a.rest));
  for (const { at } of byRest) {
    if (left === 0n) break;
    cut[at] = (cut[at] as bigint) + 1n;
    left -= 1n;
  }
  return cut.map((one) => times(fraction(one), unit));
}

/** With at most 12 digits after the point, for people. */
export function text(value: Fraction): string {
  const { over, under } = rounded(value, 12);
  const scaled = (over * 10n ** 12n) / under;
  const size = String(scaled < 0n ? -scaled : scaled).padStart(13, '0');
  const digits = size.slice(-12).replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${size.slice(0, -12)}${digits === '' ? '' : `.${digits}`}`;
}
