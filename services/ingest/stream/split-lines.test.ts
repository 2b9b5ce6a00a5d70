import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitLines } from './split-lines.ts';

async function split(chunks: readonly Buffer[], limit = 1000): Promise<[number, string | undefined][]> {
  const found: [number, string | undefined][] = [];
  async function* source() {
    yield* chunks;
  }
  for await (const lines of splitLines(source(), limit))
    for (const { number, bytes } of lines) found.push([number, bytes?.toString()]);
  return found;
}

test('lines are numbered from 1, empty ones count and are left out, the last needs no end', async () => {
  expect(await split([Buffer.from('a\n\n  \t\r\nb\r\nlast')])).toEqual([
    [1, 'a'],
    [4, 'b\r'],
    [5, 'last'],
  ]);
  expect(await split([])).toEqual([]);
  expect(await split([Buffer.from('\n\n')])).toEqual([]);
});

test('a line over the limit is told and let go; the ones after it are whole', async () => {
  const long = 'x'.repeat(11);
  const text = `a\n${long}\nb\n${'y'.repeat(10)}\n${long}`;
  const expected = [
    [1, 'a'],
    [2, undefined],
    [3, 'b'],
    [4, 'y'.repeat(10)],
    [5, undefined],
  ];
  expect(await split([Buffer.from(text)], 10)).toEqual(expected);
  expect(
    await split(
      [...text].map((character) => Buffer.from(character)),
      10,
    ),
  ).toEqual(expected);
});

test('law: however the bytes are cut into chunks, the lines are the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', ' ', '😀'), maxLength: 80 }),
      fc.array(fc.nat(20)),
      fc.integer({ min: 1, max: 30 }),
      async (text, cuts, limit) => {
        const bytes = Buffer.from(text);
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        chunks.push(bytes.subarray(at));
        const whole = bytes
          .toString()
          .split('\n')
          .map((line, i): [number, string | undefined] => [i + 1, Buffer.byteLength(line) > limit ? undefined : line])
          .filter(([, line]) => line === undefined || /[^ \t\r]/.test(line));
        expect(await split(chunks, limit)).toEqual(whole);
      },
    ),
  );
});
