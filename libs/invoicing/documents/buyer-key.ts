import type { DocumentBody } from './assemble.ts';

/** Key of the customer that a document names; null once it was erased. */
export function buyerKey({ buyer }: Pick<DocumentBody, 'buyer'>): string | null {
  return 'redacted' in buyer ? null : buyer.key;
}
