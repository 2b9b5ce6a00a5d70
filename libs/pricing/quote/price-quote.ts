import { Big } from '#libs/money/decimal.ts';
import type { DayShare } from '../charge/mutator.ts';
import { type ChargeLine, type GroupUsage, priceCharge } from '../charge/price-charge.ts';
import type { Charge } from '../charge-schema.ts';
import { groupingOf, isFee } from '../price-in.ts';
import type { Bill, BillLine } from '../totals/bill.ts';
import { planMinimumLine } from '../totals/plan-minimum.ts';
import { settle } from '../totals/settle.ts';
import type { Group } from '../usage.ts';
import { daysBetween } from './days-between.ts';
import { groupKey } from './quote-faults.ts';
import type { QuoteInput } from './quote-schema.ts';

const ZERO = new Big('0');

/**
 * What a quote that has no faults costs. Stores nothing and knows no clock. `minimum`: the plan's commitment. `metered`: usage that was
 * read for a customer, by charge key; where it holds none the request does.
 * @throws CannotPrice when a matrix has no rate for some usage
 */
export function priceQuote(
  quote: QuoteInput,
  charges: readonly Charge[],
  minimum: string | undefined,
  metered: ReadonlyMap<string, readonly GroupUsage[]> = new Map(),
): Bill {
  const { currency, service } = quote;
  const share: DayShare | undefined = service && {
    days: daysBetween(service.from, service.to),
    periodDays: daysBetween(service.period_from, service.period_to),
  };
  const lines: BillLine[] = charges.flatMap((charge) => {
    const groups = isFee(charge) ? [feeOf(charge, quote)] : (metered.get(charge.key) ?? groupsOf(charge, quote));
    return priceCharge(charge, { currency, groups, share }).filter(isWorthALine);
  });
  // As the charges' own, the commitment is on all that is billed, before and now.
  const all = [...lines, ...quote.billed_before.map(({ amount }) => ({ amount: new Big(amount) }))];
  const missing = minimum === undefined ? undefined : planMinimumLine(minimum, all, share, currency);
  return settle(missing ? [...lines, missing] : lines, {
    currency,
    discounts: quote.discounts,
    taxRates: quote.tax_rates,
    taxTreatment: quote.tax_treatment,
    prepaidBalance: new Big(quote.prepaid_balance),
  });
}

/** A group that was billed before and has nothing new is told only if its price changed by what others used. */
const isWorthALine = ({ amount, quantity, steps }: ChargeLine): boolean =>
  quantity !== '0' || !amount.eq(ZERO) || steps.at(-1)?.rule !== 'billed_before';

function feeOf(charge: Charge, { quantities, billed_before: before }: QuoteInput): GroupUsage {
  const billed = before.filter((each) => each.charge === charge.key);
  return {
    group: null,
    quantity: new Big(charge.quantity === undefined ? '1' : (quantities[charge.quantity] as string)),
    ...(billed.length > 0 && { billedBefore: sum(billed.map(({ amount }) => amount)) }),
  };
}

interface Gathered {
  readonly group: Group | null;
  quantity: Big;
  events: Big[] | undefined;
  before: { quantity: Big; events: Big[] | undefined; amount: Big } | undefined;
}

/** The usage of each combination of values, in the order in which they are first named. */
function groupsOf(charge: Charge, quote: QuoteInput): GroupUsage[] {
  const grouping = groupingOf(charge);
  const groups = new Map<string, Gathered>();
  const gathered = (values: Group | undefined): Gathered => {
    const key = groupKey(grouping, values);
    const group =
      grouping.length === 0 ? null : Object.fromEntries(grouping.map((name) => [name, values?.[name] as string]));
    const found = groups.get(key) ?? { group, quantity: ZERO, events: undefined, before: undefined };
    groups.set(key, found);
    return found;
  };
  for (const usage of quote.usage.filter((each) => each.charge === charge.key)) {
    const one = gathered(usage.group);
    one.quantity = one.quantity.plus(quantityOf(usage));
    if (usage.events) one.events = [...(one.events ?? []), ...usage.events.map((event) => new Big(event))];
  }
  for (const billed of quote.billed_before.filter((each) => each.charge === charge.key)) {
    const one = gathered(billed.group);
    const before = one.before ?? { quantity: ZERO, events: undefined, amount: ZERO };
    before.quantity = before.quantity.plus(quantityOf(billed));
    if (billed.events) before.events = [...(before.events ?? []), ...billed.events.map((event) => new Big(event))];
    before.amount = before.amount.plus(billed.amount);
    one.before = before;
  }
  return [...groups.values()].map(({ group, quantity, events, before }): GroupUsage => {
    if (!before) return { group, quantity, events };
    if (quote.usage_is === 'cumulative') return { group, quantity, events, billedBefore: before.amount };
    return {
      group,
      quantity: before.quantity.plus(quantity),
      events: before.events || events ? [...(before.events ?? []), ...(events ?? [])] : undefined,
      shown: quantity,
      billedBefore: before.amount,
    };
  });
}

/** Of `events` what they amount to together; a quantity beside them would say the same. */
const quantityOf = ({
  quantity,
  events,
}: {
  readonly quantity?: string | undefined;
  readonly events?: readonly string[] | undefined;
}): Big => (events ? sum(events) : new Big(quantity ?? '0'));

const sum = (texts: readonly string[]): Big => texts.reduce((total, text) => total.plus(text), ZERO);
