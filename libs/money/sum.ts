import { Big } from './decimal.ts';

/** What amounts come to; zero where there are none. Texts are decimals that were checked. */
export const sum = (amounts: readonly (Big | string)[]): Big =>
  amounts.reduce<Big>((total, amount) => total.plus(amount), new Big('0'));
