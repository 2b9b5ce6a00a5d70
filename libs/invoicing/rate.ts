import { currencyDigits, UnknownCurrency } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { priceQuantity } from '#libs/pricing/price-quantity.ts';
import { type Price, priceSchema } from '#libs/pricing/price-schema.ts';
import type { PricedQuantity } from '#libs/pricing/priced-quantity.ts';
import { prorateByDays } from '#libs/pricing/proration.ts';
import { CannotBill } from './cannot-bill.ts';
import type { DocumentLine } from './document.ts';
import type { DueUnit, MeteredUsage } from './due-unit.ts';

/** A line that has no place on a document yet. */
export type RatedLine = Omit<DocumentLine, 'position'>;

/**
 * The line of one unit. Usage is priced as it is; a fixed fee is shared by local days. Rounded once, here, to the currency's
 * minor unit. @throws CannotBill naming what is missing or wrong
 */
export function rateUnit(unit: DueUnit, usage: MeteredUsage | null): RatedLine {
  const price = readPrice(unit);
  const { meter } = unit.charge;
  if (meter === null) return toLine(unit, rateFee(unit, price), '1');
  if (usage === null) throw new Error(`no usage was read for charge "${unit.chargeKey}"`);
  const quantity = new Big(usage.quantity);
  return {
    ...toLine(unit, priceQuantity(price, quantity), decimalString(quantity)),
    evidence: {
      meter: meter.key,
      meter_id: meter.id,
      quantity: decimalString(quantity),
      event_count: usage.eventCount,
      digest: usage.digest,
      ...(usage.carriedIn !== '0' && { carried_in: usage.carriedIn }),
    },
  };
}

function rateFee(unit: DueUnit, price: Price): PricedQuantity {
  if (price.model !== 'flat') {
    throw new CannotBill(
      'price_needs_meter',
      `Charge "${unit.chargeKey}" of plan ${unit.plan} has a ${price.model} price but no meter to count by: give it a meter or a flat price in a new version of the plan.`,
    );
  }
  return prorateByDays(new Big(price.amount), unit.period.days, unit.period.monthDays);
}

function readPrice(unit: DueUnit): Price {
  const where = `Charge "${unit.chargeKey}" of plan ${unit.plan}`;
  const { price } = unit.charge;
  if (price === null || price === undefined)
    throw new CannotBill('missing_price', `${where} has no price: sell a version of the plan that has one.`);
  const parsed = priceSchema.safeParse(price);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CannotBill(
    'invalid_price',
    `${where} has a price that cannot be applied (/${issue?.path.join('/') ?? ''}: ${issue?.message}).`,
  );
}

function toLine(unit: DueUnit, priced: PricedQuantity, quantity: string): RatedLine {
  return {
    subscription_id: unit.subscriptionId,
    charge_key: unit.chargeKey,
    kind: unit.kind,
    description: unit.charge.name,
    service_from: unit.period.serviceFrom,
    service_to: unit.period.serviceTo,
    quantity,
    amount: amountText(priced.amount, unit.currency),
    steps: priced.steps,
  };
}

/** Rounded and written with all digits of the minor unit: '12.50', '1250' (JPY). @throws CannotBill */
export function amountText(amount: Big, currency: string): string {
  try {
    return roundToCurrency(amount, currency).toFixed(currencyDigits(currency));
  } catch (error) {
    if (error instanceof UnknownCurrency) throw new CannotBill('unknown_currency', error.message, { cause: error });
    throw error;
  }
}
