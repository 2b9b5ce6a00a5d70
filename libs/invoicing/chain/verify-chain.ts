import type { InvoiceDocument } from '../documents/document.ts';
import { chainFault } from './chain-fault.ts';
import { CHAIN_START } from './document-hash.ts';

/** A document as it is stored. */
export interface ChainedDocument {
  readonly document: InvoiceDocument;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

export type ChainVerdict =
  | { readonly ok: true; readonly documents: number; readonly head: Buffer }
  /** `index` is the place of the first document that was touched or stands behind a gap. */
  | { readonly ok: false; readonly index: number; readonly number: string; readonly reason: string };

/**
 * Recomputes the hashes of one series, oldest first, and checks that numbers and dates are those of an unbroken series. To verify from
 * the middle give the hash of the document before the first.
 */
export function verifyChain(documents: readonly ChainedDocument[], start: Buffer = CHAIN_START): ChainVerdict {
  let before: ChainedDocument | null = null;
  for (const [index, entry] of documents.entries()) {
    const reason = chainFault(entry, before, start);
    if (reason !== null) return { ok: false, index, number: entry.document.number, reason };
    before = entry;
  }
  return { ok: true, documents: documents.length, head: before?.hash ?? start };
}
