import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '#libs/events/canonical-json.ts';
import type { InvoiceDocument } from './document.ts';

/** What stands before the first document of a series. */
export const CHAIN_START: Buffer = Buffer.alloc(32);

/**
 * SHA-256 of the previous document's hash (32 bytes) followed by the document as RFC 8785 JSON in UTF-8. Whoever changes, removes or
 * reorders a document changes every hash behind it.
 */
export function hashDocument(previousHash: Buffer, document: InvoiceDocument): Buffer {
  if (previousHash.length !== CHAIN_START.length)
    throw new RangeError(`a hash has ${CHAIN_START.length} bytes, not ${previousHash.length}`);
  return createHash('sha256')
    .update(previousHash)
    .update(canonicalJson(document as unknown as Json), 'utf8')
    .digest();
}
