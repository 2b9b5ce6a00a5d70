import type { InvoiceDocument } from './document.ts';
import { CHAIN_START, hashDocument } from './document-hash.ts';
import { documentNumber, type Series, yearOf } from './number.ts';

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
  let head = start;
  let before: InvoiceDocument | null = null;
  for (const [index, { document, previousHash, hash }] of documents.entries()) {
    const reason =
      fault(document, before, start.equals(CHAIN_START)) ??
      (previousHash.equals(head) ? null : 'it does not name the hash of the document before it') ??
      (hashDocument(head, document).equals(hash) ? null : 'its content is not what was hashed when it was finalized');
    if (reason !== null) return { ok: false, index, number: document.number, reason };
    head = hash;
    before = document;
  }
  return { ok: true, documents: documents.length, head };
}

function fault(document: InvoiceDocument, before: InvoiceDocument | null, fromStart: boolean): string | null {
  const year = yearOf(document.issue_date);
  const expectedNumber = documentNumber(document.series as Series, year, document.series_number);
  if (document.number !== expectedNumber) return `its number should read ${expectedNumber}`;
  if (before === null) return fromStart && document.series_number !== 1 ? 'the documents before it are missing' : null;
  if (document.series !== before.series) return `it belongs to series ${document.series}, not ${before.series}`;
  if (document.issue_date < before.issue_date) return `it is dated before ${before.number}`;
  const expected = year === yearOf(before.issue_date) ? before.series_number + 1 : 1;
  return document.series_number === expected ? null : `number ${expected} of ${year} is missing before it`;
}
