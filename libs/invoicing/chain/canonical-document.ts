import { canonicalJson, type Json } from '#libs/events/canonical-json.ts';
import type { DocumentLine } from '../documents/document.ts';

/** Lines are most of a document, and they are there before its number is: a run writes them while the database is busy with the chunk before. */
const writtenLines = new WeakMap<readonly DocumentLine[], string>();

/** Writes the lines of a document that is going to be issued; they must not change any more. */
export function writeLines(lines: readonly DocumentLine[]): void {
  writtenLines.set(lines, canonicalJson(lines as unknown as Json));
}

/** A document as RFC 8785 JSON: as it is hashed, and as it is stored. */
export const canonicalDocument = (document: object): string =>
  canonicalJson(document as Json, writtenLines as WeakMap<object, string>);
