import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { sum } from '#libs/money/sum.ts';
import type { Charge } from '../charge-schema.ts';
import type { Mutator } from './mutator.ts';

type Convert = NonNullable<Charge['convert']>;

const ZERO = new Big('0');
const ONE = new Big('1');

/** Units of the meter into units of the price: bytes into gigabytes, seconds into minutes that are begun. Single events one by one. */
export const convertUnits: Mutator = (working, { charge: { convert } }) => {
  if (!convert) return working;
  const { usage } = working;
  const events = usage.events?.map((event) => toPrice(event, convert));
  const quantity = events ? sum(events) : toPrice(usage.quantity, convert);
  return {
    ...working,
    usage: { ...usage, quantity, ...(events && { events }) },
    steps: [
      ...working.steps,
      { rule: 'convert', quantity: decimalString(usage.quantity), result: decimalString(quantity), amount: '0' },
    ],
  };
};

function toPrice(quantity: Big, { divide, multiply, round, places }: Convert): Big {
  const times = new Big(multiply ?? '1');
  const divisor = new Big(divide ?? '1');
  const exact = quantity.times(times);
  if (round === 'none') return exact.div(divisor);
  // By remainder, not by quotient: that is cut off after 40 digits, which could hide that a unit was begun.
  const scale = new Big(`1e${places}`);
  const rest = exact.times(scale).mod(divisor);
  const cut = exact.times(scale).minus(rest).div(divisor);
  const isUp = round === 'up' ? !rest.eq(ZERO) : round === 'half_up' && rest.abs().times('2').gte(divisor);
  return (isUp ? cut.plus(exact.lt(ZERO) ? ONE.neg() : ONE) : cut).div(scale);
}
