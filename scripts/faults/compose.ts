import type { Book } from './book.ts';
import type { SentEvent } from './event.ts';
import { contradict, invalidEvent, newEvent, type Shape, type SourceRule } from './generate.ts';
import type { Entry } from './ledger.ts';
import type { Random } from './random.ts';
import type { Format, Item } from './request.ts';

/** `first`: for the first time, or again while nobody knows. */
export type Sent = Item & { readonly role: 'first' | 'replay' | 'conflict' | 'invalid'; readonly entry?: Entry };

const RULES: Readonly<Partial<Record<Format, SourceRule>>> = { cloudevents: 'always', envelope: 'never' };
const isNative = (format: Format) => RULES[format] === undefined;

export interface Composer {
  readonly random: Random;
  readonly shape: Shape;
  readonly book: Book;
  readonly formats: readonly Format[];
  nextId(): string;
}

/** The next batch for one organization: new events, and among them all that senders do wrong or twice. */
export function compose(composer: Composer, organization: number): { format: Format; items: Sent[] } {
  const { random, formats, book } = composer;
  const size = pickSize(random);
  const format = size === 1 ? 'single' : random.pick(formats);
  const items = isNative(format) ? takeUnknown(book, organization, Math.ceil(size / 2)) : [];
  while (items.length < size) items.push(...next(composer, organization, format));
  return { format, items: format === 'single' ? items.slice(0, 1) : items };
}

function pickSize(random: Random): number {
  const draw = random.fraction();
  if (draw < 0.3) return 1;
  if (draw < 0.7) return random.between(2, 20);
  return draw < 0.95 ? random.between(20, 80) : random.between(80, 200);
}

function takeUnknown(book: Book, organization: number, limit: number): Sent[] {
  const found: Sent[] = [];
  for (let at = 0; at < book.unknown.length && found.length < limit; ) {
    const entry = book.unknown[at] as Entry;
    if (entry.organization !== organization) {
      at += 1;
      continue;
    }
    book.unknown.splice(at, 1);
    entry.busy = true;
    found.push({ role: 'first', entry, event: entry.candidates[0] as SentEvent });
  }
  return found;
}

function next(composer: Composer, organization: number, format: Format): Sent[] {
  const { random, shape, book } = composer;
  const native = isNative(format);
  const draw = random.fraction();
  const known = draw < 0.1 && native ? book.recent(organization, random) : undefined;
  if (known && draw < 0.08) return [{ role: 'replay', entry: known, event: known.candidates[0] as SentEvent }];
  if (known) {
    const event = contradict(random, shape, known.candidates[0] as SentEvent);
    known.contradicted = true;
    if (book.moved) known.candidates.push(event);
    return [{ role: 'conflict', entry: known, event }];
  }
  if (native && draw > 0.99) return [{ role: 'invalid', raw: invalidEvent(random, composer.nextId(), Date.now()) }];
  const event = firstEvent(composer, organization, format);
  const entry = book.add(organization, event);
  const sent: Sent = { role: 'first', entry, event };
  if (format === 'single' || draw < 0.95) return [sent];
  if (draw < 0.98) return [sent, { role: 'replay', entry, event }];
  // The second one counts only if the log got it first, which it cannot when all of the batch is answered; see settle.ts.
  const other = contradict(random, shape, event);
  entry.contradicted = true;
  entry.candidates.push(other);
  return [sent, { role: 'conflict', entry, event: other }];
}

/** Now and then with the id of another event, from another source: that is another event. */
function firstEvent({ random, shape, book, nextId }: Composer, organization: number, format: Format): SentEvent {
  const event = newEvent(random, shape, nextId(), RULES[format] ?? 'any', Date.now());
  if (!isNative(format) || !random.chance(0.02)) return event;
  const known = book.recent(organization, random);
  const other = known?.candidates[0];
  if (
    !other ||
    known.corrections.length > 0 ||
    other.source === 'elsewhere' ||
    book.entries.has(`${organization} elsewhere ${other.id}`)
  )
    return event;
  return { ...event, id: other.id, source: 'elsewhere' };
}
