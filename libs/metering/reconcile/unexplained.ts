/** A partition in an epoch of the log: records applied by its offsets, and by the counts of what became of them. */
export interface EpochBalance {
  readonly partition: number;
  readonly epoch: number;
  readonly applied: bigint;
  readonly counted: bigint;
}

/** A version of a meter: events by its hourly rows, and by the counts kept beside them. */
export interface MeterBalance {
  readonly organizationId: number;
  readonly meterId: number;
  readonly key: string;
  readonly version: number;
  readonly hourly: bigint;
  readonly counted: bigint;
  /** Events that it ought to count and cannot read. */
  readonly unread: bigint;
}

/** Sum of the absolute differences between two countings of the same things. 0, or something is wrong. */
export const unexplained = (pairs: readonly (readonly [bigint, bigint])[]): bigint =>
  pairs.reduce((sum, [a, b]) => sum + (a > b ? a - b : b - a), 0n);

export const unexplainedOfEpochs = (balances: readonly EpochBalance[]): bigint =>
  unexplained(balances.map(({ applied, counted }) => [applied, counted]));

export const unexplainedOfMeters = (balances: readonly MeterBalance[]): bigint =>
  unexplained(balances.map(({ hourly, counted }) => [hourly, counted]));
