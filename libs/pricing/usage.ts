import type { Big } from '#libs/money/decimal.ts';

/** Values of the properties that usage is grouped by; null where events lack one. */
export type Group = Readonly<Record<string, string | null>>;

/** What is priced: one group's quantity, and what single events amount to where a model looks at them. */
export interface Usage {
  readonly quantity: Big;
  /** In order (time, source, id); their sum is the quantity. */
  readonly events?: readonly Big[];
  readonly group?: Group;
}
