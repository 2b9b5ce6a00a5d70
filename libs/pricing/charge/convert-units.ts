import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { Mutator } from './mutator.ts';

const MODES = { up: Big.roundUp, down: Big.roundDown, half_up: Big.roundHalfUp } as const;

/** Units of the meter into units of the price: bytes into gigabytes, seconds into minutes that are begun. Single events one by one. */
export const convertUnits: Mutator = (working, { charge: { convert } }) => {
  if (!convert) return working;
  const factor = new Big((convert.divide ?? convert.multiply) as string);
  const toPrice = (quantity: Big): Big => {
    const exact = convert.divide === undefined ? quantity.times(factor) : quantity.div(factor);
    return convert.round === 'none' ? exact : exact.round(convert.places, MODES[convert.round]);
  };
  const { usage } = working;
  const events = usage.events?.map(toPrice);
  const quantity = events ? events.reduce((sum, each) => sum.plus(each), new Big('0')) : toPrice(usage.quantity);
  return {
    ...working,
    usage: { ...usage, quantity, ...(events && { events }) },
    steps: [
      ...working.steps,
      { rule: 'convert', quantity: decimalString(usage.quantity), result: decimalString(quantity), amount: '0' },
    ],
  };
};
