import { hash } from 'node:crypto';
import type { Draft } from './draft.ts';

/** An event without an id of its own is known by its place: the file's source and the record itself. */
export const hasOwnId = (event: Draft): boolean => event.id !== undefined;

/**
 * The event with an identity that is the same each time the file is imported, also when the file has grown: a digest of the source, the
 * text, and how many equal texts stand before it. Equal lines of one file are distinct events.
 */
export function identifyRecord(event: Draft, source: string, text: string, ordinal: number): Draft {
  const from = event.source ?? source;
  return { ...event, source: from, id: hash('sha256', JSON.stringify([from, text, ordinal])).slice(0, 40) };
}
