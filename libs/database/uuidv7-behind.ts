import { uuidv7 } from './uuidv7.ts';

/**
 * A UUIDv7 that sorts behind all of the others, whatever the clocks say of the processes that made those, and within one millisecond too.
 * `now` and `random` as for uuidv7.
 */
export function uuidv7Behind(others: readonly string[], now: number, random?: (size: number) => Buffer): string {
  const last = [...others].sort().at(-1) ?? '';
  const id = uuidv7(now, random);
  return id > last ? id : uuidv7(timeOf(last) + 1, random);
}

/** The time that it was made at, epoch milliseconds. */
const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
