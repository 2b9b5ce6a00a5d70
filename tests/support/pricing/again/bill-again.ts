import {
  add,
  by,
  compare,
  type Fraction,
  floor,
  fraction,
  HUNDRED,
  least,
  minus,
  most,
  percentOf,
  type Rounding,
  read,
  rounded,
  times,
  total,
  ZERO,
} from './fraction.ts';
import { isByEvent, priceAgain, type SomePrice } from './price-again.ts';

/* A quote worked out again, from docs/pricing.md and in whole numbers. Without groups and without what was billed before. */

export interface SomeCharge {
  readonly key: string;
  readonly price: SomePrice;
  readonly quantity?: string;
  readonly billing?: string;
  readonly prorate?: boolean;
  readonly convert?: { readonly divide?: string; readonly round?: Rounding | 'none'; readonly places?: number };
  readonly included_units?: string;
  readonly discount_percent?: string;
  readonly maximum_amount?: string;
  readonly minimum_amount?: string;
  readonly unit?: { readonly rate: string };
}

interface ForCharges {
  readonly charges?: readonly string[];
}

export interface SomeQuote {
  /** Of its currency. */
  readonly digits: number;
  readonly charges: readonly SomeCharge[];
  readonly usage: readonly {
    readonly charge: string;
    readonly quantity?: string;
    readonly events?: readonly string[];
  }[];
  readonly quantities: Readonly<Record<string, string>>;
  /** Days that are billed, of days in the period. */
  readonly days: readonly [number, number];
  readonly minimum_amount?: string;
  readonly discounts: readonly (ForCharges & { readonly percent?: string; readonly amount?: string })[];
  readonly tax_rates: readonly (ForCharges & { readonly percent: string; readonly inclusive: boolean })[];
  readonly prepaid_balance: string;
}

/** In minor units of the currency. */
export interface BilledAgain {
  readonly amounts: bigint[];
  readonly discounted: bigint[];
  readonly taxes: bigint[];
  readonly total: bigint;
  readonly due: bigint;
}

export function billAgain(quote: SomeQuote): BilledAgain {
  const lines = linesAgain(quote);
  const discounted = discountAgain(quote, lines);
  const taxes = quote.tax_rates.map(({ charges, percent, inclusive }) => {
    const places = placesFor(lines, charges);
    const taxed = places.map((at) => {
      const contained = quote.tax_rates.filter((rate) => rate.inclusive && placesFor(lines, rate.charges).includes(at));
      const whole = add(HUNDRED, total(contained.map((rate) => read(rate.percent))));
      return times(fraction(discounted[at] as bigint), by(read(percent), inclusive ? whole : HUNDRED));
    });
    return rounded(total(taxed), 0);
  });
  const net = sum(discounted);
  const all = quote.tax_rates.some(({ inclusive }) => inclusive) ? net : net + sum(taxes);
  const left = (all < 0n ? 0n : all) - rounded(read(quote.prepaid_balance), quote.digits);
  return { amounts: lines.map(({ amount }) => amount), discounted, taxes, total: all, due: left < 0n ? 0n : left };
}

interface Line {
  readonly key: string | null;
  readonly amount: bigint;
}

const sum = (all: readonly bigint[]): bigint => all.reduce((one, other) => one + other, 0n);

const placesFor = (lines: readonly Line[], charges: readonly string[] | undefined): number[] =>
  lines.flatMap(({ key }, at) => (charges === undefined || (key !== null && charges.includes(key)) ? [at] : []));

function linesAgain(quote: SomeQuote): Line[] {
  const part = fraction(BigInt(quote.days[0]), BigInt(quote.days[1]));
  const missing = (key: string | null, minimum: string | undefined, share: Fraction, charged: bigint): Line[] => {
    const lacks = rounded(times(read(minimum ?? '0'), share), quote.digits) - charged;
    return minimum !== undefined && lacks > 0n ? [{ key, amount: lacks }] : [];
  };
  const lines = quote.charges.flatMap((charge): Line[] => {
    const share = charge.prorate === false || charge.billing === 'once' ? fraction(1n) : part;
    const amount = rounded(chargeAgain(quote, charge, share), quote.digits);
    return [{ key: charge.key, amount }, ...missing(charge.key, charge.minimum_amount, share, amount)];
  });
  return [...lines, ...missing(null, quote.minimum_amount, part, sum(lines.map(({ amount }) => amount)))];
}

function chargeAgain({ usage, quantities }: SomeQuote, charge: SomeCharge, share: Fraction): Fraction {
  const { key, price } = charge;
  const isFee = price.model === 'flat' || charge.quantity !== undefined;
  const own = usage.filter(({ charge: name }) => name === key);
  const told = own.flatMap(({ quantity, events }) => events ?? (quantity === undefined ? [] : [quantity])).map(read);
  const counted = isFee ? read(quantities[charge.quantity ?? ''] ?? '1') : total(told);
  const isBelow = compare(counted, ZERO) < 0;
  const events = isByEvent(price) && !isBelow ? told.map((one) => convertAgain(one, charge)) : [];
  const units = isByEvent(price) ? total(events) : convertAgain(most(ZERO, counted), charge);
  const quantity = most(ZERO, minus(units, read(charge.included_units ?? '0')));
  const money = times(priceAgain(price, quantity, events), read(charge.unit?.rate ?? '1'));
  const shared = isFee ? times(money, share) : money;
  const left = minus(shared, percentOf(charge.discount_percent ?? '0', shared));
  return charge.maximum_amount === undefined ? left : least(left, read(charge.maximum_amount));
}

function convertAgain(quantity: Fraction, { convert = {} }: SomeCharge): Fraction {
  const { divide = '1', round = 'none', places = 0 } = convert;
  const exact = by(quantity, read(divide));
  return round === 'none' ? exact : fraction(rounded(exact, places, round), 10n ** BigInt(places));
}

/** What discounts leave of each line: each is shared by what is left, and the rest of it goes to the largest remainders. */
function discountAgain({ discounts, digits }: SomeQuote, lines: readonly Line[]): bigint[] {
  const left = lines.map(({ amount }) => amount);
  for (const { charges, percent, amount } of discounts) {
    const places = placesFor(lines, charges).filter((at) => (left[at] as bigint) > 0n);
    const base = sum(places.map((at) => left[at] as bigint));
    const wanted =
      percent === undefined ? rounded(read(amount as string), digits) : rounded(percentOf(percent, fraction(base)), 0);
    const off = floor(least(fraction(wanted), fraction(base)));
    const parts = places.map((at) => {
      const exact = fraction((left[at] as bigint) * off, base);
      return { at, cut: floor(exact), rest: minus(exact, fraction(floor(exact))) };
    });
    const open = Number(off - sum(parts.map(({ cut }) => cut)));
    const ahead = new Set([...parts].sort((a, b) => compare(b.rest, a.rest)).slice(0, open));
    for (const one of parts) left[one.at] = (left[one.at] as bigint) - one.cut - (ahead.has(one) ? 1n : 0n);
  }
  return left;
}
