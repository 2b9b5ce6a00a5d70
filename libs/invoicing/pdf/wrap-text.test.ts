import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oneLine, wrapText } from './wrap-text.ts';

const byLength = (text: string): number => [...text].length;

describe('breaking text into lines', () => {
  test.each([
    ['at spaces', 'one two three', 7, ['one two', 'three']],
    ['not when it fits', 'one two', 7, ['one two']],
    ['inside a word that is too long alone', 'a abcdefghij b', 4, ['a', 'abcd', 'efgh', 'ij b']],
    ['control characters count as spaces', 'Acme\r\n\tLtd\u0000', 20, ['Acme Ltd']],
    ['empty text is one empty line', '', 5, ['']],
    ['a single character wider than the line stands alone', 'ab', 0, ['a', 'b']],
    ['surrogates stay whole', '😀😀😀', 2, ['😀😀', '😀']],
  ])('%s', (_, text, width, expected) => {
    expect(wrapText(text, width, byLength)).toEqual(expected);
  });

  test('nothing is lost, and no line is wider than the width', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 1, max: 12 }), (text, width) => {
        const lines = wrapText(text, width, byLength);
        expect(lines.join('').replaceAll(' ', '')).toBe(oneLine(text).replaceAll(' ', ''));
        expect(lines.every((line) => byLength(line) <= width)).toBe(true);
      }),
    );
  });
});
