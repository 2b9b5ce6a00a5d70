import { UnknownCurrency } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { CannotPrice } from '#libs/pricing/cannot-price.ts';
import { type ChargeLine, priceCharge } from '#libs/pricing/charge/price-charge.ts';
import type { Charge } from '#libs/pricing/charge-schema.ts';
import { amountText } from '../amount-text.ts';
import { CannotBill } from '../cannot-bill.ts';
import type { DueUnit, MeteredUsage } from '../due/due-unit.ts';
import type { RatedLine } from '../settle/settle-lines.ts';
import { countedParts } from './counted-parts.ts';
import { meteredGroups } from './metered-groups.ts';
import { readTerms } from './read-terms.ts';

/**
 * The lines of one unit: one for each group of its usage, one for a fee, and one for what is missing to a minimum. Priced as a quote is, by the
 * same code. @throws CannotBill naming what is missing or wrong
 */
export function rateUnit(unit: DueUnit, usage: readonly MeteredUsage[] | null): RatedLine[] {
  const terms = readTerms(unit);
  const { days, periodDays } = unit.period;
  const share = { days, periodDays };
  const groups =
    unit.charge.meter === null
      ? [{ group: null, quantity: countOf(unit, terms) }]
      : meteredGroups(usageOf(unit, usage));
  const lines = priced(unit, terms, () => priceCharge(terms, { currency: unit.currency, groups, share }));
  const rated = lines.map((line, index) => ({
    ...toLine(unit, terms, line),
    ...(unit.charge.meter !== null &&
      line.kind === 'charge' && { evidence: evidenceOf(unit.charge.meter, (usage ?? [])[index]) }),
  }));
  const isMinimum = ({ kind }: RatedLine) => kind === 'minimum';
  const counts = countedParts(rated.filter((line) => !isMinimum(line)));
  return rated.map((line) => (isMinimum(line) ? { ...line, counts } : line));
}

function usageOf(unit: DueUnit, usage: readonly MeteredUsage[] | null): readonly MeteredUsage[] {
  if (usage === null) throw new Error(`no usage was read for charge "${unit.chargeKey}"`);
  return usage;
}

/** A fee counts once, seats as many as there are. */
function countOf(unit: DueUnit, { quantity }: Charge): Big {
  if (quantity === undefined) return new Big('1');
  if (unit.quantity !== null) return new Big(unit.quantity);
  throw new CannotBill(
    'missing_quantity',
    `Charge "${unit.chargeKey}" of plan ${unit.plan} prices "${quantity}", of which subscription ${unit.subscriptionId} has none: change it with quantities.`,
  );
}

function priced(unit: DueUnit, terms: Charge, price: () => ChargeLine[]): ChargeLine[] {
  try {
    return price();
  } catch (error) {
    if (!(error instanceof CannotPrice) && !(error instanceof UnknownCurrency)) throw error;
    const code = error instanceof UnknownCurrency ? 'unknown_currency' : 'missing_price';
    throw new CannotBill(code, `Charge "${terms.key}" of plan ${unit.plan}: ${error.message}`, { cause: error });
  }
}

function toLine(unit: DueUnit, terms: Charge, { kind, group, quantity, amount, steps }: ChargeLine): RatedLine {
  return {
    subscription_id: unit.subscriptionId,
    charge_key: unit.chargeKey,
    kind: kind === 'minimum' ? 'minimum' : unit.kind,
    description: terms.name ?? terms.key,
    ...(group && { group }),
    service_from: unit.period.serviceFrom,
    service_to: unit.period.serviceTo,
    quantity,
    amount: amountText(amount, unit.currency),
    steps,
    ...(unit.pricedBy && { priced_by: unit.pricedBy }),
  };
}

function evidenceOf(
  meter: { readonly id: number; readonly key: string },
  usage: MeteredUsage | undefined,
): NonNullable<RatedLine['evidence']> {
  const { quantity = '0', eventCount = '0', digest = '0', carriedIn = '0' } = usage ?? {};
  return {
    meter: meter.key,
    meter_id: meter.id,
    quantity: decimalString(new Big(quantity)),
    event_count: eventCount,
    digest,
    ...(carriedIn !== '0' && { carried_in: carriedIn }),
  };
}
