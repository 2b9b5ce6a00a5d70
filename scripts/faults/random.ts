/** Choices that a seed decides. */
export interface Random {
  /** [0, 1). */
  fraction(): number;
  /** 0 … below - 1. */
  below(limit: number): number;
  /** Whole, both ends included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  shuffled<T>(from: readonly T[]): T[];
  /** Another stream, decided by this one's seed and a name only: what one sender draws never moves what another one does. */
  fork(name: string): Random;
}

/** Algorithm: splitmix32 (Guy Steele, Doug Lea, Christine Flood: "Fast splittable pseudorandom number generators"). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => fraction() < probability,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
    shuffled(from) {
      const list = [...from];
      for (let at = list.length - 1; at > 0; at -= 1) {
        const other = below(at + 1);
        [list[at], list[other]] = [list[other] as (typeof list)[number], list[at] as (typeof list)[number]];
      }
      return list;
    },
    fork(name) {
      let mixed = seed >>> 0;
      for (const letter of name) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x01000193) >>> 0;
      // Names that differ in one letter would else begin alike.
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      return createRandom(mixed ^ (mixed >>> 16));
    },
  };
}
