/** Where a record lies in the log, and when it came there. */
export interface LogPlace {
  readonly epoch: number;
  readonly partition: number;
  readonly offset: bigint;
  /** The log's clock, epoch milliseconds. */
  readonly receivedAt: number;
}

/** One point in every partition of the log: the next offset of each. A partition that is not named is at its beginning. */
export interface LogVector {
  readonly epoch: number;
  readonly offsets: ReadonlyMap<number, bigint>;
}

/** Whether a place lies before a vector. Epochs come first: what an older log held lies before all of a newer one. */
export function isBefore(place: Pick<LogPlace, 'epoch' | 'partition' | 'offset'>, vector: LogVector): boolean {
  if (place.epoch !== vector.epoch) return place.epoch < vector.epoch;
  return place.offset < (vector.offsets.get(place.partition) ?? 0n);
}

/** As it stands in jsonb and in documents. */
export interface StoredVector {
  readonly epoch: number;
  readonly offsets: Readonly<Record<string, string>>;
}

export const loadVector = ({ epoch, offsets }: StoredVector): LogVector => ({
  epoch,
  offsets: new Map(Object.entries(offsets).map(([partition, offset]) => [Number(partition), BigInt(offset)])),
});
