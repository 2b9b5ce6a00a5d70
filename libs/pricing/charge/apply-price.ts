import { pricerOf } from '../pricer.ts';
import type { Mutator } from './mutator.ts';

export const applyPrice: Mutator = (working, { price }) => {
  const priced = pricerOf(price)(working.usage);
  const { steps } = working;
  return { ...working, amount: priced.amount, steps: steps.length === 0 ? priced.steps : [...steps, ...priced.steps] };
};
