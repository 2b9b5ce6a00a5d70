import type { Big } from '#libs/money/decimal.ts';

/** How many cases a law is tried on. `globals` of a jest configuration can set another number. */
export const LAW_RUNS: number = (globalThis as { LAW_RUNS?: number }).LAW_RUNS ?? 10_000;

// Cheaper than expect, which ten thousand cases with a dozen checks each would spend most of their time in.

export function holds(isSo: boolean): void {
  if (!isSo) throw new Error('does not hold');
}

export function same(actual: Big, expected: Big): void {
  if (!actual.eq(expected)) throw new Error(`${actual.toFixed()} instead of ${expected.toFixed()}`);
}
