import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import type { DayShare } from '../charge/mutator.ts';
import { type ChargeLine, type GroupUsage, priceCharge } from '../charge/price-charge.ts';
import type { Charge } from '../charge-schema.ts';
import { needsEvents } from '../needs-events.ts';
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

type Billed = QuoteInput['billed_before'][number];
type Counted = Pick<Billed, 'quantity' | 'events'>;

/** What is told of one combination of values. */
interface Gathered {
  readonly group: Group | null;
  readonly usage: Counted[];
  readonly billed: Billed[];
}

/** The usage of each combination of values, in the order in which they are first named. */
function groupsOf(charge: Charge, quote: QuoteInput): GroupUsage[] {
  const { usage, billed_before: billed } = quote;
  const isByEvent = needsEvents(charge, quote.currency);
  const grouping = groupingOf(charge);
  const groups = new Map<string, Gathered>();
  const gathered = (values: Group | undefined): Gathered => {
    const key = groupKey(grouping, values);
    const group =
      grouping.length === 0 ? null : Object.fromEntries(grouping.map((name) => [name, values?.[name] as string]));
    const found = groups.get(key) ?? { group, usage: [], billed: [] };
    groups.set(key, found);
    return found;
  };
  for (const each of usage) if (each.charge === charge.key) gathered(each.group).usage.push(each);
  for (const each of billed) if (each.charge === charge.key) gathered(each.group).billed.push(each);
  return [...groups.values()].map((group) => usageOf(group, quote.usage_is, isByEvent));
}

function usageOf({ group, usage, billed }: Gathered, kind: QuoteInput['usage_is'], isByEvent: boolean): GroupUsage {
  const quantity = quantityOf(usage);
  // As on an invoice, which looks at single events only where the price does: units of each would be rounded otherwise.
  const counted = (all: readonly Counted[]) => ({
    quantity: quantityOf(all),
    ...(isByEvent && { events: eventsOf(all) }),
  });
  if (billed.length === 0) return { group, ...counted(usage) };
  const billedBefore = sum(billed.map(({ amount }) => amount));
  if (kind === 'cumulative') return { group, ...counted(usage), billedBefore };
  return { group, ...counted([...billed, ...usage]), shown: quantity, billedBefore };
}

/** Of `events` what they amount to together; a quantity beside them would say the same. Without faults there is one of the two. */
const quantityOf = (counted: readonly Counted[]): Big =>
  sum(counted.flatMap(({ quantity, events }) => events ?? (quantity as string)));

const eventsOf = (counted: readonly Counted[]): Big[] =>
  counted.flatMap(({ events }) => (events as readonly string[]).map((event) => new Big(event)));
