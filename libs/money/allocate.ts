import { currencyDigits } from './currency.ts';
import { Big } from './decimal.ts';

/**
 * Shares an amount by weights in whole minor units, so that the parts add up to the whole exactly: each part is rounded towards
 * zero, then the units left over go to the largest remainders, ties to the first. A negative amount is shared as its positive
 * twin, negated. Shares are worked out in integers: no division is cut off, so equal remainders are recognised as ties.
 *
 * @throws RangeError when the amount is no whole number of minor units, a weight is negative, or all weights are zero
 */
export function allocate(amount: Big, weights: readonly Big[], currency: string): Big[] {
  const digits = currencyDigits(currency);
  const units = toInteger(amount.abs(), digits);
  if (units === null) {
    throw new RangeError(
      `cannot share ${amount.toFixed()} ${currency}: it has more than ${digits} digits; round it first`,
    );
  }
  const integers = integerWeights(weights);
  const sum = integers.reduce((total, weight) => total + weight, 0n);
  if (sum === 0n) throw new RangeError(`cannot share ${amount.toFixed()} ${currency}: no weight is above zero`);

  const parts = integers.map((weight, index) => ({
    index,
    share: (units * weight) / sum,
    remainder: (units * weight) % sum,
  }));
  let left = units - parts.reduce((total, part) => total + part.share, 0n);
  // Array sorting is stable, so among equal remainders the first stays first.
  for (const part of [...parts].sort((a, b) => (a.remainder > b.remainder ? -1 : a.remainder < b.remainder ? 1 : 0))) {
    if (left === 0n) break;
    part.share += 1n;
    left -= 1n;
  }
  const sign = amount.lt('0') ? '-' : '';
  return parts.map(({ share }) => new Big(share === 0n ? '0' : `${sign}${share}e-${digits}`));
}

function integerWeights(weights: readonly Big[]): bigint[] {
  const negative = weights.findIndex((weight) => weight.lt('0'));
  if (negative >= 0)
    throw new RangeError(`cannot share by a negative weight: ${(weights[negative] as Big).toFixed()} at ${negative}`);
  const digits = Math.max(0, ...weights.map((weight) => weight.toFixed().split('.')[1]?.length ?? 0));
  return weights.map((weight) => toInteger(weight, digits) ?? 0n);
}

/** value × 10^digits, or null where that is no integer. */
function toInteger(value: Big, digits: number): bigint | null {
  const scaled = value.times(`1e${digits}`);
  return scaled.eq(scaled.round(0, Big.roundDown)) ? BigInt(scaled.toFixed(0)) : null;
}
