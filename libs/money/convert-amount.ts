import { Big } from './decimal.ts';
import { roundToCurrency } from './round.ts';

/** The amount in currency `to`, of which one unit of its own costs `rate`: multiplied exactly, rounded once. @throws UnknownCurrency */
export const convertAmount = (amount: Big | string, rate: Big | string, to: string): Big =>
  roundToCurrency(new Big(amount).times(rate), to);
