import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import type { Charge } from '../charge-schema.ts';
import { looksAtEvents } from '../models/percentage.ts';
import { groupingOf, isFee, priceFor } from '../price-in.ts';
import type { Discount } from '../totals/bill.ts';
import type { Group } from '../usage.ts';
import type { QuoteInput } from './quote-schema.ts';

/** What is wrong, with a JSON pointer into the request. */
export interface QuoteFault {
  readonly pointer: string;
  readonly code?: string;
  readonly detail: string;
}

/** All that no field can know alone. `from`: where the charges come from, `/charges` or `/plan`. */
export function quoteFaults(quote: QuoteInput, charges: readonly Charge[], from: '/charges' | '/plan'): QuoteFault[] {
  const faults: QuoteFault[] = [];
  const complain = (pointer: string, detail: string, code?: string) =>
    faults.push({ pointer, detail, ...(code && { code }) });
  const at = (index: number, field: string) => (from === '/plan' ? from : `${from}/${index}/${field}`);
  const byKey = new Map<string, Charge>();
  for (const [index, charge] of charges.entries()) {
    if (byKey.has(charge.key))
      complain(at(index, 'key'), `"${charge.key}" is the key of another charge too`, 'doubled_key');
    else byKey.set(charge.key, charge);
    if (!priceFor(charge, quote.currency))
      complain(at(index, 'prices'), `charge "${charge.key}" has no price in ${quote.currency}`, 'missing_price');
    if (charge.quantity !== undefined && !Object.hasOwn(quote.quantities, charge.quantity))
      complain(
        '/quantities',
        `must hold "${charge.quantity}", which charge "${charge.key}" prices`,
        'missing_quantity',
      );
    if (quote.customer !== undefined && !isFee(charge) && charge.meter === undefined)
      complain(at(index, 'meter'), `is missing: what a customer used is known by a meter only`, 'missing_meter');
    if (quote.customer === undefined && !isFee(charge) && !quote.usage.some((usage) => usage.charge === charge.key))
      complain('/usage', `must hold the usage of charge "${charge.key}": "0" if there is none`, 'missing_usage');
  }
  const known = (pointer: string, key: string): Charge | undefined => {
    const charge = byKey.get(key);
    if (!charge) complain(pointer, `names the charge "${key}", which does not exist`, 'unknown_charge');
    return charge;
  };
  for (const [index, usage] of quote.usage.entries()) {
    const charge = known(`/usage/${index}/charge`, usage.charge);
    if (!charge) continue;
    if (isFee(charge)) complain(`/usage/${index}/charge`, `names "${charge.key}", a fee: it counts no usage`);
    else
      for (const fault of usageFaults(charge, usage, quote.currency)) complain(`/usage/${index}/${fault[0]}`, fault[1]);
  }
  const inWholeUnits = (pointer: string, amount: string) => {
    if (!roundToCurrency(new Big(amount), quote.currency).eq(amount))
      complain(pointer, `has more digits than ${quote.currency} has (${currencyDigits(quote.currency)})`);
  };
  inWholeUnits('/prepaid_balance', quote.prepaid_balance);
  for (const [index, before] of quote.billed_before.entries()) {
    inWholeUnits(`/billed_before/${index}/amount`, before.amount);
    const charge = known(`/billed_before/${index}/charge`, before.charge);
    if (!charge || isFee(charge)) continue;
    for (const fault of beforeFaults(charge, before, quote)) complain(`/billed_before/${index}/${fault[0]}`, fault[1]);
  }
  const restricted = (name: string, all: readonly Pick<Discount, 'charges'>[]) => {
    for (const [index, { charges: keys = [] }] of all.entries())
      for (const [place, key] of keys.entries()) known(`/${name}/${index}/charges/${place}`, key);
  };
  restricted('discounts', quote.discounts);
  restricted('tax_rates', quote.tax_rates);
  const kinds = quote.tax_rates.map(({ inclusive }) => inclusive);
  const other = kinds.findIndex((inclusive) => inclusive !== kinds[0]);
  if (other > 0)
    complain(
      `/tax_rates/${other}/inclusive`,
      'must be as in the rate before: taxes are either all contained in the amounts or all added to them',
    );
  return faults;
}

type Fault = readonly [field: string, detail: string];

function usageFaults(charge: Charge, usage: QuoteInput['usage'][number], currency: string): Fault[] {
  const faults: Fault[] = groupFaults(charge, usage.group);
  const price = priceFor(charge, currency);
  if (price?.model !== 'percentage' && usage.events !== undefined)
    faults.push(['events', `must be a quantity: a ${price?.model} price does not look at single events`]);
  if (price?.model === 'percentage' && looksAtEvents(price) && usage.quantity !== undefined)
    faults.push(['quantity', 'must be events: the price has limits for single events']);
  return faults;
}

function beforeFaults(charge: Charge, before: QuoteInput['billed_before'][number], quote: QuoteInput): Fault[] {
  const faults: Fault[] = groupFaults(charge, before.group);
  const price = priceFor(charge, quote.currency);
  const needsEvents = price?.model === 'percentage' && looksAtEvents(price);
  if (quote.usage_is === 'new') {
    if (needsEvents && before.events === undefined)
      faults.push([
        'events',
        'is missing: new events are priced after those before, because of limits for single events',
      ]);
    if (!needsEvents && before.quantity === undefined && before.events === undefined)
      faults.push(['quantity', 'is missing: new usage is added to it']);
  }
  const grouping = groupingOf(charge);
  const own = groupKey(grouping, before.group);
  const isUsed = quote.usage.some((usage) => usage.charge === charge.key && groupKey(grouping, usage.group) === own);
  if (quote.usage_is === 'cumulative' && !isUsed)
    faults.push(['group', 'has no usage, although cumulative usage holds what was billed before']);
  return faults;
}

function groupFaults(charge: Charge, group: Group | undefined): Fault[] {
  const missing = groupingOf(charge).filter((name) => !Object.hasOwn(group ?? {}, name));
  return missing.length === 0
    ? []
    : [['group', `must hold ${missing.map((name) => `"${name}"`).join(', ')}: charge "${charge.key}" is priced by it`]];
}

/** One text for each combination of values. */
export const groupKey = (grouping: readonly string[], group: Group | undefined): string =>
  JSON.stringify(grouping.map((name) => group?.[name]));
