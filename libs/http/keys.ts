import { hash, timingSafeEqual } from 'node:crypto';

/** A key in clear text, on its way to the one place where it is shown, and what is stored of it. */
export interface NewKey {
  readonly key: string;
  readonly digest: Buffer;
  readonly prefix: string;
}

export type KeyKind = 'live' | 'test' | 'operator';

const RANDOM_BYTES = 32;
const PREFIX_LENGTH = 12;

/** `random` gives that many random bytes. 256 bits, so that the digest needs no salt and no slow hash. */
export function newApiKey(random: (size: number) => Buffer, kind: KeyKind = 'live'): NewKey {
  return givenKey(`tb_${kind}_${random(RANDOM_BYTES).toString('base64url')}`);
}

/** A key that a person chose (TOLLBOOK_BOOTSTRAP_KEY). Less of it is shown afterwards: what they chose may not be random. */
export function givenKey(key: string): NewKey {
  const isOurs = /^tb_(live|test|operator)_[\w-]{43}$/.test(key);
  return { key, digest: keyDigest(key), prefix: isOurs ? key.slice(0, PREFIX_LENGTH) : `${key.slice(0, 4)}…` };
}

export const keyDigest = (key: string): Buffer => hash('sha256', key, 'buffer');

/** In constant time. */
export const sameDigest = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
