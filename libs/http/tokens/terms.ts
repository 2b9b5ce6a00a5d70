/** What every customer token says, and every check wants. Asymmetric: who checks a token cannot make one. */
export const TOKEN_TERMS = {
  algorithm: 'EdDSA',
  type: 'customer+jwt',
  issuer: 'tollbook',
  audience: 'tollbook:customer',
} as const;

export const MAX_TOKEN_SECONDS = 3600;

/** How long a pair signs. */
export const SIGNS_MS = 86_400_000;

/** How long it is known after it signed last: its tokens live that long. A minute for clocks that differ. */
export const OVERLAP_MS = MAX_TOKEN_SECONDS * 1000 + 60_000;

/** Whom a token is for, and in whose books. */
export interface TokenCustomer {
  readonly id: string;
  readonly key: string;
}
