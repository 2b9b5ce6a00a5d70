import type { InvoiceDocument } from '../documents/document.ts';
import { documentNumber } from '../documents/number.ts';
import { CHAIN_START, hashDocument } from './document-hash.ts';
import type { ChainedDocument } from './verify-chain.ts';

/** What stands before a document in its series. */
export interface ChainedBefore {
  readonly document: InvoiceDocument;
  readonly hash: Buffer;
}

/** What is wrong with a document behind the one before it, in words; null: nothing. `start`: hash of what stands before the first one. */
export function chainFault(
  { document, previousHash, hash }: ChainedDocument,
  before: ChainedBefore | null,
  start: Buffer = CHAIN_START,
): string | null {
  const head = before?.hash ?? start;
  return (
    placeFault(document, before?.document ?? null, start.equals(CHAIN_START)) ??
    (previousHash.equals(head) ? null : 'it does not name the hash of the document before it') ??
    (hashDocument(head, document).equals(hash) ? null : 'its content is not what was hashed when it was finalized')
  );
}

function placeFault(document: InvoiceDocument, before: InvoiceDocument | null, fromStart: boolean): string | null {
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
