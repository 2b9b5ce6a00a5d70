import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QueueError, TollbookConnectionError, TollbookError } from '../errors.ts';
import { type EventResult, type Item, makeItem, type UsageEvent } from './event.ts';
import type { Outcome } from './post-events.ts';
import { createQueue, type Queue, type QueueHost, type QueueOptions } from './queue.ts';

/* The queue against a server that answers as it likes. It counts as ingest does: an identity once, whatever is sent again. */

const refusal = (status: number) =>
  new TollbookError('no', { status, code: 'x', faults: [], requestId: undefined, retryAfterMs: undefined });

type Mood =
  | 'takes'
  | 'takes, and the answer is lost'
  | 'is away'
  | 'takes some'
  | 'finds it too large'
  | 'refuses the key';
const moods = fc.constantFrom<Mood>(
  'takes',
  'takes, and the answer is lost',
  'is away',
  'takes some',
  'finds it too large',
  'refuses the key',
);

const isBad = ({ event }: Item) => event.type === 'bad';
const event = (id: string, type = 't'): UsageEvent => ({ id, type, customer: 'c' });
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

function server(mood: () => Mood | undefined, queue: () => Queue, most: number) {
  const taken = new Map<string, string>();
  const take = (item: Item): EventResult => {
    const { id } = item.event;
    if (isBad(item)) return { id, status: 'rejected', detail: 'bad' };
    const before = taken.get(id);
    if (before !== undefined) expect(before).toBe(item.json);
    taken.set(id, item.json);
    return { id, status: before === undefined ? 'accepted' : 'duplicate' };
  };
  const lost = new TollbookConnectionError('lost', { isTimeout: false });
  const post = async (items: readonly Item[]): Promise<Outcome> => {
    expect(queue().size).toBeLessThanOrEqual(most);
    await tick();
    const now = mood() ?? 'takes';
    if (now === 'refuses the key') return { kind: 'unknown', error: refusal(403), askedMs: undefined };
    if (now === 'is away') return { kind: 'unknown', error: lost, askedMs: 5 };
    if (now === 'finds it too large' && items.length > 1) return { kind: 'apart', error: refusal(413) };
    const results = items.map((item, at) => (now === 'takes some' && at % 2 === 1 ? undefined : take(item)));
    if (now === 'takes, and the answer is lost') return { kind: 'unknown', error: lost, askedMs: undefined };
    return { kind: 'results', results, askedMs: undefined };
  };
  return { taken, post };
}

const host = (post: QueueHost['post']): QueueHost => ({
  makeItem: (given) => makeItem(given, 0, () => 'made'),
  post,
  pause: async (_problem, signal) => {
    await tick();
    signal.throwIfAborted();
  },
});

test('law: each event that was added is decided once, in whatever mood the server is, and the queue never holds more than it may', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { maxLength: 60 }),
      fc.array(moods, { maxLength: 40 }),
      fc.record({
        batchEvents: fc.integer({ min: 1, max: 9 }),
        concurrency: fc.integer({ min: 1, max: 4 }),
        maxEvents: fc.integer({ min: 1, max: 20 }),
      }),
      async (bad, script, options) => {
        const decided: string[] = [];
        const refused: string[] = [];
        const world = server(
          () => script.shift(),
          () => queue,
          options.maxEvents,
        );
        const queue: Queue = createQueue(host(world.post), {
          ...options,
          batchMs: 1,
          onDecided: ({ id }) => decided.push(id),
          onRefused: ({ id }) => refused.push(id),
        });
        await Promise.all(bad.map((isBad, at) => queue.add(event(String(at), isBad ? 'bad' : 't'))));
        expect(await queue.close({ timeoutMs: 60_000 })).toEqual({ undecided: [] });
        const ids = bad.map((_, at) => String(at)).sort();
        expect(decided.sort()).toEqual(ids);
        expect(refused.sort()).toEqual(ids.filter((id) => bad[Number(id)]));
        expect([...world.taken.keys()].sort()).toEqual(ids.filter((id) => !bad[Number(id)]));
        expect(queue.size).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

describe('a server that does not answer', () => {
  const silent = (options: QueueOptions) => {
    let answer: ((outcome: Outcome) => void) | undefined;
    const posted: (readonly Item[])[] = [];
    const queue = createQueue(
      host((items, signal) => {
        posted.push(items);
        return new Promise((resolve, reject) => {
          answer = resolve;
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      }),
      { batchEvents: 1, concurrency: 1, maxEvents: 2, ...options },
    );
    const accept = (item: Item) =>
      answer?.({ kind: 'results', results: [{ id: item.event.id, status: 'accepted' }], askedMs: undefined });
    return { queue, posted, accept };
  };

  test('whoever adds to a full queue waits, in order, until something is decided', async () => {
    const { queue, posted, accept } = silent({});
    await queue.add(event('a'));
    await queue.add(event('b'));
    const order: string[] = [];
    const third = queue.add(event('c')).then(() => order.push('c'));
    const fourth = queue.add(event('d')).then(() => order.push('d'));
    await tick();
    expect([order, queue.size]).toEqual([[], 2]);
    accept(posted[0]?.[0] as Item);
    await third;
    await tick();
    expect([order, queue.size]).toEqual([['c'], 2]);
    const refused = expect(fourth).rejects.toMatchObject({ reason: 'closed' });
    const { undecided } = await queue.close({ timeoutMs: 1 });
    await refused;
    expect(undecided.map(({ id }) => id)).toEqual(['b', 'c']);
    await expect(queue.add(event('e'))).rejects.toBeInstanceOf(QueueError);
    expect(await queue.close()).toEqual({ undecided });
  });

  test('or is refused, if that was asked for; one who waits can give up', async () => {
    const strict = silent({ whenFull: 'reject' }).queue;
    await strict.add(event('a'));
    await strict.add(event('b'));
    await expect(strict.add(event('c'))).rejects.toMatchObject({ reason: 'full' });
    await strict.close({ timeoutMs: 0 });

    const { queue } = silent({ maxBytes: 1, maxEvents: 9 });
    await queue.add(event('larger than all the room, and alone'));
    const controller = new AbortController();
    const waits = queue.add(event('b'), { signal: controller.signal });
    const flushes = queue.flush({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waits).rejects.toThrow('enough');
    await expect(flushes).rejects.toThrow('enough');
    expect((await queue.close({ timeoutMs: 0 })).undecided).toHaveLength(1);
  });
});

test('flush is for what was added before it', async () => {
  const sent: string[][] = [];
  const queue = createQueue(
    host(async (items) => {
      sent.push(items.map((item) => item.event.id));
      return {
        kind: 'results',
        results: items.map((item) => ({ id: item.event.id, status: 'accepted' })),
        askedMs: undefined,
      };
    }),
    { batchEvents: 2, batchMs: 1e9 },
  );
  await queue.add(event('a'));
  await queue.flush();
  expect(sent).toEqual([['a']]);
  for (const id of ['b', 'c', 'd']) await queue.add(event(id));
  await tick();
  expect([sent, queue.size]).toEqual([[['a'], ['b', 'c']], 1]);
  await queue.flush();
  expect(sent.at(-1)).toEqual(['d']);
  await queue.close();
});

test('an event without an id gets one and a time, which stay; one with an id keeps its fields; what is changed later is not sent', () => {
  const instant = Date.UTC(2026, 0, 2);
  expect(makeItem({ type: 't', customer: 'c' }, instant, () => 'new').event).toEqual({
    id: 'new',
    type: 't',
    customer: 'c',
    time: '2026-01-02T00:00:00.000Z',
  });
  expect(makeItem(event('own'), instant, () => 'new').event).toEqual({ id: 'own', type: 't', customer: 'c' });
  const given = { id: 'a', type: 't', customer: 'c', properties: { n: 1 } };
  const item = makeItem(given, instant, () => 'new');
  given.properties.n = 2;
  expect(JSON.parse(item.json)).toMatchObject({ properties: { n: 1 } });
  expect(() => makeItem(null as never, 0, () => '')).toThrow(TypeError);
});
