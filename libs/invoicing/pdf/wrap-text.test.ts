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
    ['between ideographs', 'データ転送量API', 4, ['データ転', '送量', 'API']],
    ['not before a closing mark, nor after an opening one', '東京（本社）。', 3, ['東京', '（本', '社）。']],
    ['marks stay with their letter', 'a\u0301b\u0301c\u0301', 2, ['a\u0301', 'b\u0301', 'c\u0301']],
    ['conjuncts stay whole', 'क्षितिज्ञान', 6, ['क्षिति', 'ज्ञान']],
    ['Thai vowels stay with their consonants', 'ทำเกาะแก่ไทย', 4, ['ทำ', 'เกาะ', 'แก่', 'ไทย']],
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
