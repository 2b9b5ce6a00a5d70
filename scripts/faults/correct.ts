import type { Book } from './book.ts';
import { forMs } from './fault.ts';
import { newEvent, pickChanges } from './generate.ts';
import { ask } from './http.ts';
import type { Correction, Entry } from './ledger.ts';
import { METERED_TYPES } from './meters.ts';
import type { SenderOptions } from './senders.ts';

const EVERY_MS = 150;

/**
 * Voids and amends what was taken, one correction of an event at a time, each sent until it is known to be taken; some before their
 * original is sent at all. `stop` resolves when every correction that was begun is known.
 */
export function startCorrections(options: SenderOptions): () => Promise<number> {
  const { book, shape } = options;
  if (!shape.features.has('corrections')) return async () => 0;
  const random = options.random.fork('corrections');
  let stopped = false;
  let counter = 0;
  const open = new Set<Promise<void>>();
  const begin = () => {
    counter += 1;
    const organization = random.below(options.organizations.length);
    const early = random.chance(0.15);
    const entry = early
      ? book.add(organization, {
          ...newEvent(random, shape, `early-${counter}`, 'any', Date.now()),
          type: 'call',
          properties: { n: '7', status: 200, user: 'early' },
        })
      : book.recent(organization, random);
    if (!entry || (!early && !canCorrect(book, entry))) return;
    const event = entry.candidates[0] as Entry['candidates'][number];
    const kind = random.chance(0.4) ? 'void' : 'amend';
    const changes = kind === 'amend' ? pickChanges(random, shape, event, Date.now()) : {};
    const correction: Correction = { id: `correction-${counter}`, kind, changes, taken: false };
    entry.corrections.push(correction);
    entry.busy = true;
    const done = correct(options, entry, correction).then(() => {
      entry.busy = false;
      // Only now is its original sent at all.
      if (early) book.unknown.push(entry);
    });
    open.add(done);
    void done.finally(() => open.delete(done)).catch(() => {});
  };
  const running = (async () => {
    while (!stopped) {
      if (open.size < 8) begin();
      await forMs(EVERY_MS);
    }
  })();
  return async () => {
    stopped = true;
    await running;
    await Promise.all(open);
    return counter;
  };
}

/** The order of two amendments is known only while an identity keeps its partition. */
const canCorrect = (book: Book, { busy, corrections, candidates }: Entry): boolean =>
  !busy &&
  METERED_TYPES.includes(candidates[0]?.type as string) &&
  corrections.every(({ kind }) => kind === 'amend' && !book.moved) &&
  corrections.length < 3;

const GIVE_UP_MS = 240_000;

async function correct(
  { book, organizations, ingestUrls, random }: SenderOptions,
  entry: Entry,
  correction: Correction,
) {
  const { id, source } = entry.candidates[0] as Entry['candidates'][number];
  const { kind, changes } = correction;
  const body = JSON.stringify({
    // Named always, '' for none: another source may have the same id.
    source,
    reason: 'fault run',
    actor: 'model',
    correction_id: correction.id,
    ...(changes.customer !== undefined && { customer: changes.customer }),
    ...(changes.properties !== undefined && { properties: changes.properties }),
    ...(typeof changes.time === 'number' && { time: new Date(changes.time).toISOString() }),
  });
  for (const deadline = Date.now() + GIVE_UP_MS; Date.now() < deadline; ) {
    const url = `${random.pick(ingestUrls)}/v1/events/${encodeURIComponent(id)}/${kind}`;
    const answer = await ask('POST', url, organizations[entry.organization]?.key as string, { body });
    if (answer?.status === 200) {
      correction.taken = true;
      return;
    }
    if (answer && answer.status < 500) {
      book.surprises.push(`${kind} of ${id} was answered ${answer.status}: ${answer.text.slice(0, 200)}`);
      return;
    }
    await forMs(200);
  }
  book.surprises.push(`${kind} of ${id} was never taken`);
}
