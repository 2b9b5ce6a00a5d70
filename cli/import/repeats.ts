import { hash } from 'node:crypto';

/**
 * Which texts stand in a file more than once, so that their occurrences can be numbered. The file is read twice: `survey` sees every
 * text first, `ordinal` then numbers them in the same order. Only texts that may have occurred before are remembered, found by a
 * Bloom filter of fixed size: a wrong "maybe" costs an entry and changes no number, a wrong "no" does not exist.
 */
export interface Repeats {
  survey(text: string): void;
  /** 0 for the first occurrence of this text, 1 for the second, … */
  ordinal(text: string): number;
}

const BITS_PER_BYTE_OF_FILE = 1 / 8;
const MIN_BITS = 2 ** 16;
const MAX_BITS = 2 ** 29;
const PROBES = 4;

export function createRepeats(fileSize: number): Repeats {
  const bits = Math.min(MAX_BITS, Math.max(MIN_BITS, 2 ** Math.ceil(Math.log2(fileSize * BITS_PER_BYTE_OF_FILE + 1))));
  const filter = new Uint8Array(bits / 8);
  const counts = new Map<string, number>();

  /** Sets the text's bits; whether all were set before. */
  const mark = (digest: Buffer): boolean => {
    let wasThere = true;
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = digest.readUInt32LE(probe * 4) % bits;
      const [at, mask] = [bit >>> 3, 1 << (bit & 7)];
      if (((filter[at] as number) & mask) === 0) wasThere = false;
      filter[at] = (filter[at] as number) | mask;
    }
    return wasThere;
  };
  const nameOf = (digest: Buffer) => digest.toString('latin1', 0, 16);

  return {
    survey(text) {
      const digest = hash('sha256', text, 'buffer');
      if (mark(digest)) counts.set(nameOf(digest), 0);
    },
    ordinal(text) {
      const name = nameOf(hash('sha256', text, 'buffer'));
      const count = counts.get(name);
      if (count === undefined) return 0;
      counts.set(name, count + 1);
      return count;
    },
  };
}
