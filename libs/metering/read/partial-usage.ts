import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { DIGEST_MODULUS, isLater, type LatestValue } from '../hour-fold.ts';
import type { Aggregation } from '../meter.ts';
import type { Span } from './split-span.ts';

/** Part of an answer: parts of disjoint sets of events can be put together in any order. `unique` is counted elsewhere. */
export interface PartialUsage {
  readonly eventCount: bigint;
  readonly digest: bigint;
  readonly total: Big;
  /** weighted_sum: sum of the values of everything before the span. */
  readonly level: Big;
  /** weighted_sum: of each event in the span, its value times the milliseconds from it to the end of the span. */
  readonly integral: Big;
  readonly minimum: Big | null;
  readonly maximum: Big | null;
  readonly latest: LatestValue | null;
}

const ZERO = new Big('0');

export const NOTHING: PartialUsage = {
  eventCount: 0n,
  digest: 0n,
  total: ZERO,
  level: ZERO,
  integral: ZERO,
  minimum: null,
  maximum: null,
  latest: null,
};

export function mergePartials(a: PartialUsage, b: PartialUsage): PartialUsage {
  return {
    eventCount: a.eventCount + b.eventCount,
    digest: (a.digest + b.digest) % DIGEST_MODULUS,
    total: a.total.plus(b.total),
    level: a.level.plus(b.level),
    integral: a.integral.plus(b.integral),
    minimum: pick(a.minimum, b.minimum, (x, y) => x.lt(y)),
    maximum: pick(a.maximum, b.maximum, (x, y) => x.gt(y)),
    latest: pick(a.latest, b.latest, isLater),
  };
}

const pick = <T>(a: T | null, b: T | null, wins: (x: T, y: T) => boolean): T | null =>
  a === null ? b : b === null || wins(a, b) ? a : b;

/** The aggregate over the span as text. `distinct`: number of different values, for `unique`. Divisions carry 40 digits. */
export function quantityOf(
  aggregation: Aggregation,
  usage: PartialUsage,
  { from, to }: Span,
  distinct: string,
): string {
  switch (aggregation) {
    case 'count':
    case 'sum':
      return decimalString(usage.total);
    case 'avg':
      return usage.eventCount === 0n ? '0' : decimalString(usage.total.div(usage.eventCount.toString()));
    case 'min':
      return decimalString(usage.minimum ?? ZERO);
    case 'max':
      return decimalString(usage.maximum ?? ZERO);
    case 'latest':
      return decimalString(new Big(usage.latest?.value ?? '0'));
    case 'unique':
      return distinct;
    case 'weighted_sum': {
      const length = String(to - from);
      return decimalString(usage.level.times(length).plus(usage.integral).div(length));
    }
  }
}
