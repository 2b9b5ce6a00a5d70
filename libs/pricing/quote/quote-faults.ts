import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { sum } from '#libs/money/sum.ts';
import type { Charge } from '../charge-schema.ts';
import { needsEvents } from '../needs-events.ts';
import { anyPrice, groupingOf, isFee, priceFor } from '../price-in.ts';
import type { Discount } from '../totals/bill.ts';
import type { Group } from '../usage.ts';
import type { QuoteInput } from './quote-schema.ts';

/** What is wrong, with a JSON pointer into the request. */
export interface QuoteFault {
  readonly pointer: string;
  readonly code?: string;
  readonly detail: string;
  /** Key of the charge that is missing, or that lacks something. */
  readonly charge?: string;
}

/** The question, or what can be read of it: lists may then have holes. */
type Asked = Pick<
  QuoteInput,
  'usage' | 'customer' | 'usage_is' | 'billed_before' | 'quantities' | 'discounts' | 'tax_rates' | 'prepaid_balance'
> & { readonly currency: string | undefined };
type Known = ReadonlyMap<string, Charge>;
type Usage = QuoteInput['usage'][number];
type Billed = QuoteInput['billed_before'][number];

/** All that no field can know alone. `from`: where the charges come from, `/charges` or `/plan`. */
export function quoteFaults(quote: Asked, charges: readonly Charge[], from: '/charges' | '/plan'): QuoteFault[] {
  const known: Known = new Map(charges.flatMap((charge) => [[charge.key, charge]]));
  return [
    ...chargeFaults(quote, charges, from),
    ...quote.usage.flatMap((usage, index) => usageFaults(usage, `/usage/${index}`, known, quote.currency)),
    ...digitFaults('/prepaid_balance', quote.prepaid_balance, quote.currency),
    ...billedBeforeFaults(quote, known),
    ...quote.discounts.flatMap(({ amount = '0' }, index) =>
      digitFaults(`/discounts/${index}/amount`, amount, quote.currency),
    ),
    ...restrictionFaults('/discounts', quote.discounts, known),
    ...restrictionFaults('/tax_rates', quote.tax_rates, known),
    ...taxKindFaults(quote),
  ];
}

function chargeFaults(
  { currency, customer, usage, quantities }: Asked,
  charges: readonly Charge[],
  from: '/charges' | '/plan',
): QuoteFault[] {
  const faults: QuoteFault[] = [];
  const withUsage = new Set(usage.map(({ charge }) => charge));
  charges.forEach((charge, index) => {
    const { key, quantity } = charge;
    const at = (field: string) => (from === '/plan' ? from : `${from}/${index}/${field}`);
    if (currency === undefined || !priceFor(charge, currency))
      faults.push({
        pointer: at('prices'),
        detail: `charge "${key}" has no price in ${currency}`,
        code: 'missing_price',
      });
    if (quantity !== undefined && !Object.hasOwn(quantities, quantity))
      faults.push({
        pointer: '/quantities',
        detail: `must hold "${quantity}", which charge "${key}" prices`,
        code: 'missing_quantity',
      });
    if (isFee(charge)) return;
    if (customer !== undefined && charge.meter === undefined)
      faults.push({
        pointer: at('meter'),
        detail: 'is missing: what a customer used is known by a meter only',
        code: 'missing_meter',
      });
    if (customer === undefined && !withUsage.has(key))
      faults.push({
        pointer: '/usage',
        detail: `must hold the usage of charge "${key}": "0" if there is none`,
        code: 'missing_usage',
        charge: key,
      });
  });
  return faults;
}

const unknownCharge = (pointer: string, key: string): QuoteFault => ({
  pointer,
  detail: `names the charge "${key}", which does not exist`,
  code: 'unknown_charge',
  charge: key,
});

function usageFaults(usage: Usage, pointer: string, known: Known, currency: string | undefined): QuoteFault[] {
  const charge = known.get(usage.charge);
  if (!charge) return [unknownCharge(`${pointer}/charge`, usage.charge)];
  if (isFee(charge))
    return [{ pointer: `${pointer}/charge`, detail: `names "${charge.key}", a fee: it counts no usage` }];
  const faults = groupFaults(charge, usage.group, pointer);
  const model = anyPrice(charge)?.model;
  if (model !== 'percentage' && usage.events !== undefined)
    faults.push({
      pointer: `${pointer}/events`,
      detail: `must be a quantity: a ${model} price does not look at single events`,
    });
  if (currency && needsEvents(charge, currency) && usage.quantity !== undefined)
    faults.push({
      pointer: `${pointer}/quantity`,
      detail: 'must be events: the price has limits for single events',
    });
  return faults;
}

function billedBeforeFaults({ currency, usage, usage_is: kind, billed_before: billed }: Asked, known: Known) {
  // A set: thousands of groups, each looked for among thousands, would take many seconds.
  const used = new Set(
    usage.flatMap(({ charge: key, group }) => {
      const charge = known.get(key);
      return charge ? [usedGroup(charge, group)] : [];
    }),
  );
  return billed.flatMap((before, index): QuoteFault[] => {
    const pointer = `/billed_before/${index}`;
    const faults = digitFaults(`${pointer}/amount`, before.amount, currency);
    const charge = known.get(before.charge);
    if (!charge) return [...faults, unknownCharge(`${pointer}/charge`, before.charge)];
    if (isFee(charge)) return faults;
    faults.push(...groupFaults(charge, before.group, pointer), ...sumFaults(before, pointer));
    if (kind === 'new') faults.push(...addendFaults(charge, before, pointer, currency));
    else if (!used.has(usedGroup(charge, before.group)))
      faults.push({
        pointer: `${pointer}/group`,
        detail: 'has no usage, although cumulative usage holds what was billed before',
        code: 'missing_usage',
      });
    return faults;
  });
}

/** A quantity beside events says what they amount to, or one of the two is wrong. */
function sumFaults({ quantity, events }: Billed, pointer: string): QuoteFault[] {
  if (quantity === undefined || events === undefined) return [];
  const amount = sum(events);
  if (amount.eq(quantity)) return [];
  const detail = `must be left out, or what the events amount to (${decimalString(amount)})`;
  return [{ pointer: `${pointer}/quantity`, detail }];
}

/** New usage is added to what was billed before, which must therefore say how much it was. */
function addendFaults(charge: Charge, before: Billed, pointer: string, currency: string | undefined): QuoteFault[] {
  if (before.events !== undefined) return [];
  if (currency && needsEvents(charge, currency))
    return [
      {
        pointer: `${pointer}/events`,
        detail: 'is missing: new events are priced after those before, because of limits for single events',
      },
    ];
  return before.quantity === undefined
    ? [{ pointer: `${pointer}/quantity`, detail: 'is missing: new usage is added to it' }]
    : [];
}

function groupFaults(charge: Charge, group: Group | undefined, pointer: string): QuoteFault[] {
  const missing = groupingOf(charge).filter((name) => !Object.hasOwn(group ?? {}, name));
  const faults = Object.entries(charge.filter ?? {}).flatMap(([name, counted]): QuoteFault[] => {
    const value = group && Object.hasOwn(group, name) ? group[name] : undefined;
    if (value === undefined || counted.includes(value as string)) return [];
    const detail = `must be one of ${counted.map((one) => `"${one}"`).join(', ')}: charge "${charge.key}" counts no other`;
    return [{ pointer: `${pointer}/group/${escaped(name)}`, detail }];
  });
  if (missing.length === 0) return faults;
  const names = missing.map((name) => `"${name}"`).join(', ');
  const detail = `must hold ${names}: charge "${charge.key}" is priced by it`;
  return [{ pointer: `${pointer}/group`, detail }, ...faults];
}

/** RFC 6901. */
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

function digitFaults(pointer: string, amount: string, currency: string | undefined): QuoteFault[] {
  if (currency === undefined || roundToCurrency(new Big(amount), currency).eq(amount)) return [];
  return [{ pointer, detail: `has more digits than ${currency} has (${currencyDigits(currency)})` }];
}

function restrictionFaults(pointer: string, all: readonly Pick<Discount, 'charges'>[], known: Known): QuoteFault[] {
  return all.flatMap(({ charges = [] }, index) =>
    charges.flatMap((key, place) =>
      known.has(key) ? [] : [unknownCharge(`${pointer}/${index}/charges/${place}`, key)],
    ),
  );
}

function taxKindFaults({ tax_rates: rates }: Asked): QuoteFault[] {
  const first = rates.find((rate) => rate !== undefined);
  const other = rates.findIndex((rate) => rate !== undefined && rate.inclusive !== first?.inclusive);
  if (other < 0) return [];
  const detail = 'must be as in the rate before: taxes are either all contained in the amounts or all added to them';
  return [{ pointer: `/tax_rates/${other}/inclusive`, detail }];
}

/** One text for each combination of values. */
export const groupKey = (grouping: readonly string[], group: Group | undefined): string =>
  JSON.stringify(grouping.map((name) => group?.[name]));

const usedGroup = (charge: Charge, group: Group | undefined): string =>
  JSON.stringify([charge.key, groupKey(groupingOf(charge), group)]);
