import type { Book } from './book.ts';
import { type Composer, compose, type Sent } from './compose.ts';
import { forMs } from './fault.ts';
import type { Shape } from './generate.ts';
import { ask } from './http.ts';
import type { Random } from './random.ts';
import { type Format, readResults, writeRequest } from './request.ts';
import { settle } from './settle.ts';

export interface Organization {
  readonly id: number;
  readonly key: string;
  /** Its part of the traffic. */
  readonly share: number;
}

export interface SenderOptions {
  readonly book: Book;
  readonly shape: Shape;
  readonly organizations: readonly Organization[];
  readonly ingestUrls: readonly string[];
  readonly random: Random;
  readonly senders: number;
  /** Events per second, of all senders together. */
  readonly rate: number;
}

const formatsOf = ({ features }: Shape): Format[] => [
  'array',
  'events',
  'events',
  ...(['ndjson', 'cloudevents', 'envelope'] as const).filter((format) => features.has(format)),
];

/** Sends until told to stop. The function it returns resolves when every request has been answered or given up. */
export function startSenders(options: SenderOptions): () => Promise<void> {
  const { book, shape, rate } = options;
  let stopped = false;
  const startedAt = Date.now();
  let sent = 0;
  const running = Array.from({ length: options.senders }, async (_, sender) => {
    const random = options.random.fork(`sender ${sender}`);
    let counter = 0;
    const nextId = () => `${sender}-${counter++}`;
    const composer: Composer = { random, shape, book, formats: formatsOf(shape), nextId };
    let url = random.pick(options.ingestUrls);
    while (!stopped) {
      if (sent > (rate * (Date.now() - startedAt)) / 1000) {
        await forMs(10);
        continue;
      }
      const organization = pickOrganization(options, random);
      const { format, items } = compose(composer, organization);
      sent += items.length;
      const isKnown = await send(options, organization, format, items, random, url);
      // As a client does behind a load balancer: another door after a failure.
      if (!isKnown || random.chance(0.05)) url = random.pick(options.ingestUrls);
      if (!isKnown) {
        // What was not sent meanwhile is not made up for: the rate is a ceiling.
        sent = Math.max(sent, (rate * (Date.now() - startedAt)) / 1000 - rate);
        await forMs(100);
      }
    }
  });
  return async () => {
    stopped = true;
    await Promise.all(running);
  };
}

/** Sends what is still unknown again until it is known. @throws Error when that takes longer than `withinMs`. */
export async function resolveUnknown(options: SenderOptions, withinMs: number): Promise<void> {
  const { book, random } = options;
  for (const deadline = Date.now() + withinMs; book.unknown.length > 0; ) {
    if (Date.now() > deadline)
      throw new Error(`${book.unknown.length} events were never taken, with nothing broken any more`);
    const first = book.unknown[0]?.organization as number;
    const batch = book.unknown.filter(({ organization }) => organization === first).slice(0, 200);
    const chosen = new Set(batch);
    book.unknown.splice(0, book.unknown.length, ...book.unknown.filter((entry) => !chosen.has(entry)));
    const items = batch.map((entry): Sent => ({ role: 'first', entry, event: entry.candidates[0] as never }));
    if (!(await send(options, first, 'events', items, random, random.pick(options.ingestUrls)))) await forMs(200);
  }
}

function pickOrganization({ organizations }: SenderOptions, random: Random): number {
  let draw = random.fraction();
  const found = organizations.findIndex(({ share }) => {
    draw -= share;
    return draw < 0;
  });
  return Math.max(found, 0);
}

/** Whether anything was answered. */
async function send(
  { book, organizations }: SenderOptions,
  organization: number,
  format: Format,
  items: readonly Sent[],
  random: Random,
  url: string,
): Promise<boolean> {
  const request = writeRequest(random, format, items);
  const key = organizations[organization]?.key as string;
  const answer = await ask('POST', `${url}/v1/events`, key, request);
  const results = answer && readResults(format, answer.text, items.length);
  if (answer && !results && answer.status < 500)
    book.surprises.push(
      `a ${format} batch of ${items.length} was answered ${answer.status}: ${answer.text.slice(0, 300)}`,
    );
  settle(book, items, results);
  return results?.some(({ status }) => status !== 'unavailable') ?? false;
}
