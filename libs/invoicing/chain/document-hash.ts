import { createHash } from 'node:crypto';
import type { InvoiceDocument } from '../documents/document.ts';
import { redactBuyer } from '../documents/redact-buyer.ts';
import { canonicalDocument } from './canonical-document.ts';

/** What stands before the first document of a series. */
export const CHAIN_START: Buffer = Buffer.alloc(32);

/**
 * SHA-256 of the previous document's hash (32 bytes) followed by the document as RFC 8785 JSON in UTF-8, with the buyer's digest in place of
 * the buyer. Whoever changes, removes or reorders a document changes every hash behind it; whoever erases a buyer changes none.
 */
export function hashDocument(previousHash: Buffer, document: InvoiceDocument): Buffer {
  if (previousHash.length !== CHAIN_START.length)
    throw new RangeError(`a hash has ${CHAIN_START.length} bytes, not ${previousHash.length}`);
  const { digest } = redactBuyer(document.buyer);
  return createHash('sha256')
    .update(previousHash)
    .update(canonicalDocument({ ...document, buyer: { digest } }), 'utf8')
    .digest();
}
