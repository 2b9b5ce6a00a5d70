import { inPlanCurrency } from './in-plan-currency.ts';
import type { Override } from './overrides.ts';

/** An amount of a charge, or of the plan itself. */
export interface AmountInPlanCurrency {
  readonly charge: string | null;
  readonly field: ReturnType<typeof inPlanCurrency>[number];
}

/** What a plan says in its currency and in no other: its charges in their order, then its own minimum. The terms may be as stored. */
export function amountsInPlanCurrency(
  plan: {
    readonly charges: readonly { readonly key: string; readonly terms: unknown }[];
    readonly minimumAmount: string | null;
  },
  overrides: Readonly<Record<string, Override>> = {},
): AmountInPlanCurrency[] {
  const amounts = plan.charges.flatMap(({ key, terms }) =>
    inPlanCurrency(terms, overrides[key]).map((field) => ({ charge: key, field })),
  );
  return plan.minimumAmount === null ? amounts : [...amounts, { charge: null, field: 'minimum_amount' }];
}
