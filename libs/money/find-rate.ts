/** What one unit of `from` costs in `to` on a day, and who says so. */
export interface ExchangeRate {
  /** ISO 4217. */
  readonly from: string;
  readonly to: string;
  /** Decimal string, more than zero. */
  readonly rate: string;
  /** 'YYYY-MM-DD'. */
  readonly date: string;
  readonly source: string;
}

/** A rate holds for so many days after its own: over weekends and holidays, and no longer. */
export const MAX_RATE_AGE_DAYS = 7;

export class MissingExchangeRate extends Error {
  override readonly name = 'MissingExchangeRate';
  readonly from: string;
  readonly to: string;
  readonly on: string;

  constructor(from: string, to: string, on: string, maxAgeDays: number) {
    super(
      `there is no exchange rate from ${from} to ${to} for ${on}, nor for one of the ${maxAgeDays} days before; enter it by POST /v1/exchange-rates`,
    );
    this.from = from;
    this.to = to;
    this.on = on;
  }
}

/**
 * The newest rate of the pair on or before the day, at most `maxAgeDays` old. A rate of the pair the other way round is never turned
 * over: what banks take for one way is not the inverse of the other. Rates that were withdrawn must not be among them.
 * @throws MissingExchangeRate naming pair and day
 */
export function findRate<Rate extends ExchangeRate>(
  rates: readonly Rate[],
  from: string,
  to: string,
  on: string,
  maxAgeDays = MAX_RATE_AGE_DAYS,
): Rate {
  const newest = rates
    .filter((rate) => rate.from === from && rate.to === to && rate.date <= on)
    .reduce<Rate | undefined>((best, rate) => (best === undefined || rate.date > best.date ? rate : best), undefined);
  if (newest === undefined || daysFrom(newest.date, on) > maxAgeDays)
    throw new MissingExchangeRate(from, to, on, maxAgeDays);
  return newest;
}

const DAY_MS = 86_400_000;

const daysFrom = (earlier: string, later: string): number => (Date.parse(later) - Date.parse(earlier)) / DAY_MS;
