import { currencyDigits } from './currency.ts';
import { Big } from './decimal.ts';
import { sum } from './sum.ts';

/**
 * Rounds exact shares so that they add up to a whole that was rounded by itself: each is cut to whole minor units downwards, then the
 * units left over go to the largest remainders, ties to the first. Unlike allocate it takes shares of both signs.
 *
 * @throws RangeError when the whole is further from the sum of the shares than rounding explains
 */
export function shareOut(whole: Big, shares: readonly Big[], currency: string): Big[] {
  const digits = currencyDigits(currency);
  const unit = new Big(`1e-${digits}`);
  const parts = shares.map((share, index) => {
    const cut = floor(share, digits);
    return { index, cut, remainder: share.minus(cut) };
  });
  let left = Number(
    whole
      .minus(sum(parts.map(({ cut }) => cut)))
      .div(unit)
      .toFixed(),
  );
  if (!Number.isInteger(left) || left < 0 || left > parts.length)
    throw new RangeError(`${whole.toFixed()} ${currency} is not what these shares add up to`);
  // Array sorting is stable, so among equal remainders the first stays first.
  for (const part of [...parts].sort((a, b) => b.remainder.cmp(a.remainder))) {
    if (left === 0) break;
    part.cut = part.cut.plus(unit);
    left -= 1;
  }
  return parts.map(({ cut }) => (cut.eq('0') ? new Big('0') : cut));
}

function floor(value: Big, digits: number): Big {
  const cut = value.round(digits, Big.roundDown);
  return cut.gt(value) ? cut.minus(`1e-${digits}`) : cut;
}
