import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from '@jest/globals';
import { EXAMPLE_HASH, exampleDocument, realisticInvoice } from '#tests/support/example-documents.ts';
import { HANGING } from '#tests/support/render-with-faults.ts';
import { renderInvoicePdf } from './render-invoice-pdf.ts';
import { createRenderPool, type RenderPool, type RenderPoolOptions } from './render-pool.ts';

const pools: RenderPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

function poolOf(options: RenderPoolOptions): RenderPool {
  const pool = createRenderPool(options);
  pools.push(pool);
  return pool;
}

/** Draws with faults by number: see tests/support/render-with-faults.ts. */
const FAULTY = { worker: new URL('../../../tests/support/render-with-faults.ts', import.meta.url), threads: 1 };
const numbered = (number: string) => exampleDocument([], { number });
const hash = EXAMPLE_HASH;

test('pages from every thread are those of this one, whatever a thread drew before', async () => {
  const { render } = poolOf({ threads: 2 });
  const documents = Array.from({ length: 12 }, (_, index) =>
    index % 3 === 0 ? realisticInvoice() : numbered(['Ω\u2126 \u00a0A', '請求書 א شركة', '\u2126Ω'][index % 3] ?? ''),
  );
  const drawn = await Promise.all(documents.map((document) => render(document, { hash })));
  for (const [index, document] of documents.entries())
    expect(Buffer.compare(drawn[index] ?? Buffer.alloc(0), await renderInvoicePdf(document, { hash }))).toBe(0);
});

describe('what happens to one page is an error of that page', () => {
  test.each([
    ['throws', /the page of throws could not be rendered: .*the font file Some.ttf/],
    ['exits', /the page of exits could not be rendered: /],
    ['eats memory', /the page of eats memory could not be rendered: .*memory/],
  ])('%s', async (fault, message) => {
    const { render } = poolOf({ ...FAULTY, memoryMb: 96 });
    const before = render(numbered('before'), { hash });
    const faulty = render(numbered(fault), { hash });
    const after = render(numbered('after'), { hash });
    await expect(faulty).rejects.toThrow(message);
    expect(
      Buffer.from(await before)
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    expect(
      Buffer.from(await after)
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  test('hangs: it is given up, and the thread with it', async () => {
    const tooLong = new AbortController();
    const hanging = new BroadcastChannel(HANGING);
    hanging.onmessage = () => tooLong.abort();
    // No page is given up by the clock: this one when its thread says that it hangs.
    const never = new AbortController().signal;
    const signals = [never, tooLong.signal, never];
    const { render } = poolOf({ ...FAULTY, timer: () => signals.shift() as AbortSignal });
    await render(numbered('before'), { hash });
    await expect(render(numbered('hangs'), { hash })).rejects.toThrow(
      'the page of hangs could not be rendered: it took longer than 30 s',
    );
    hanging.close();
    expect(
      Buffer.from(await render(numbered('after'), { hash }))
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });
});

test('more than may wait are refused, the others are drawn', async () => {
  const { render } = poolOf({ threads: 1, queue: 2 });
  const asked = await Promise.allSettled(Array.from({ length: 10 }, () => render(numbered('x'), { hash })));
  expect(asked.map(({ status }) => status)).toEqual([...Array(3).fill('fulfilled'), ...Array(7).fill('rejected')]);
  expect(String((asked[9] as PromiseRejectedResult).reason)).toContain('3 pages are waiting already');
});

test('closing gives up what is in work, and starts nothing anew', async () => {
  const pool = poolOf(FAULTY);
  await pool.render(numbered('before'), { hash });
  const hanging = pool.render(numbered('hangs'), { hash });
  const given = expect(hanging).rejects.toThrow('could not be rendered');
  await pool.close();
  await given;
  await expect(pool.render(numbered('after'), { hash })).rejects.toThrow('the renderer is stopped');
});

test('a pool that nobody asked has nothing to close', async () => {
  await createRenderPool().close();
});
