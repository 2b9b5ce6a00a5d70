import type { InvoiceDocument } from './document.ts';
import { CHAIN_START, hashDocument } from './document-hash.ts';
import { documentNumber } from './number.ts';

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
  const { number, number_pattern: pattern, issue_date: date, series, series_number: place } = document;
  const written = documentNumber(pattern, date, place);
  if (number !== written) return `its number should read ${written}`;
  if (before === null) return fromStart && place !== 1 ? 'the documents before it are missing' : null;
  if (series !== before.series) return `it belongs to series ${series}, not ${before.series}`;
  if (date < before.issue_date) return `it is dated before ${before.number}`;
  // Numbers begin anew with a year, or go on.
  const isNew = place === 1 && date.slice(0, 4) > before.issue_date.slice(0, 4);
  const next = before.series_number + 1;
  return isNew || place === next ? null : `number ${next} is missing before it`;
}
