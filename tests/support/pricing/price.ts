import { Big } from '#libs/money/decimal.ts';
import { type ChargeInput, type ChargeLine, type GroupUsage, priceCharge } from '#libs/pricing/charge/price-charge.ts';
import { type Charge, chargeSchema } from '#libs/pricing/charge-schema.ts';
import { priceSchema } from '#libs/pricing/price-schema.ts';
import type { Priced, PriceStep } from '#libs/pricing/price-step.ts';
import { pricerOf } from '#libs/pricing/pricer.ts';
import type { Group } from '#libs/pricing/usage.ts';

/** Prices and charges as JSON, through their schemas, so that tests price what a sender can send. */

export const big = (text: string): Big => new Big(text);

/** What a price makes of a quantity, without anything around it. */
export const priced = (price: unknown, quantity: string, group?: Group): Priced =>
  pricerOf(priceSchema.parse(price))({ quantity: big(quantity), ...(group && { group }) });

export const cost = (price: unknown, quantity: string, group?: Group): string =>
  priced(price, quantity, group).amount.toFixed();

/** As cost, from single events. */
export function pricedEvents(price: unknown, events: readonly string[]): Priced {
  const all = events.map(big);
  return pricerOf(priceSchema.parse(price))({ quantity: sumOf(all), events: all });
}

export const chargeOf = (fields: Readonly<Record<string, unknown>>): Charge =>
  chargeSchema.parse({ key: 'api', ...fields });

/** The lines of a charge for some usage, in USD unless told otherwise. */
export const linesOf = (
  fields: Readonly<Record<string, unknown>>,
  usage: string | readonly GroupUsage[],
  more: Partial<ChargeInput> = {},
): ChargeLine[] =>
  priceCharge(chargeOf(fields), {
    currency: 'USD',
    groups: typeof usage === 'string' ? [{ group: null, quantity: big(usage) }] : usage,
    ...more,
  });

/** Amounts of lines as text. */
export const amountsOf = (lines: readonly { readonly amount: Big }[]): string[] =>
  lines.map(({ amount }) => amount.toFixed());

export const sumOf = (amounts: readonly Big[]): Big => amounts.reduce((sum, amount) => sum.plus(amount), big('0'));

export const stepsSum = (steps: readonly PriceStep[]): Big => sumOf(steps.map(({ amount }) => big(amount)));
