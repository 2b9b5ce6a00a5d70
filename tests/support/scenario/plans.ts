import type { PlanCharge, StoryPlan } from './story.ts';

/* Charges of stories: fees that make a day of most months cost a round sum, and calls at 0.01. */

export const feeOf = (amount: string, more: Partial<PlanCharge> = {}): PlanCharge => ({
  key: 'fee',
  billing: 'in_advance',
  price: { model: 'flat', amount },
  ...more,
});

export const callsOf = (unit_amount = '0.01', more: Partial<PlanCharge> = {}): PlanCharge => ({
  key: 'calls',
  meter: 'calls',
  price: { model: 'per_unit', unit_amount },
  ...more,
});

export const planOf = (key: string, charges: readonly PlanCharge[], more: Partial<StoryPlan> = {}): StoryPlan => ({
  key,
  currency: 'EUR',
  charges,
  ...more,
});
