import type { Book } from './book.ts';
import type { Sent } from './compose.ts';

export interface Result {
  readonly status: string;
  readonly detail?: string;
}

/** Writes the answers of one request into the book; without `results`, nothing is known of any of its events. */
export function settle(book: Book, items: readonly Sent[], results: readonly Result[] | undefined): void {
  for (const [at, item] of items.entries()) {
    const result = results?.[at];
    const status = result?.status ?? 'no answer';
    book.answers[status] = (book.answers[status] ?? 0) + 1;
    settleOne(book, item, status, result?.detail);
    if (isRecordedConflict(item, items, status)) {
      const { organization } = item.entry as NonNullable<Sent['entry']>;
      book.conflicts[organization] = (book.conflicts[organization] ?? 0) + 1;
    }
  }
}

/** Sent after its original was taken, and answered: then the log has it as a record of its own. */
const isRecordedConflict = ({ role, entry }: Sent, items: readonly Sent[], status: string): boolean =>
  role === 'conflict' &&
  ['accepted', 'duplicate', 'conflict'].includes(status) &&
  !items.some((other) => other.role === 'first' && other.entry === entry);

function settleOne(book: Book, item: Sent, status: string, detail: string | undefined): void {
  const { role, entry } = item;
  const isTaken = status === 'accepted' || status === 'duplicate';
  const isUnknown = status === 'unavailable' || status === 'no answer';
  if (role === 'invalid') {
    if (!isUnknown && status !== 'rejected')
      book.surprises.push(`invalid event ${JSON.stringify(item)} was answered ${status}`);
    return;
  }
  if (!entry) return;
  const id = entry.candidates[0]?.id;
  if (status === 'rejected') book.surprises.push(`valid event ${id} was rejected: ${detail}`);
  // Labels are lost with the cache: whichever payload comes first after that is taken for the first one.
  if (status === 'conflict' && !entry.contradicted)
    book.surprises.push(`event ${id} was called a conflict, and no other payload was ever sent`);
  if (role === 'conflict' || (role === 'replay' && entry.taken)) return;
  if (isTaken || status === 'conflict') {
    // Answered at its first attempt: then the original is the first of its batch in the log.
    if (role === 'first' && status === 'accepted' && entry.firstAttempt) entry.candidates.splice(1);
    book.setTaken(entry);
  }
  if (role === 'first') {
    entry.firstAttempt = false;
    entry.busy = false;
    if (isUnknown) book.unknown.push(entry);
  }
}
