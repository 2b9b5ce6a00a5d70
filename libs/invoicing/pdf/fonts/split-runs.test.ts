import { describe, expect, test } from '@jest/globals';
import { loadFont } from './load-font.ts';
import { COMMON, splitRuns } from './split-runs.ts';

const told = (line: string) => splitRuns(line, 'regular').map(({ typeface, text }) => [typeface, text]);

describe('a line in runs of one font and direction, from left to right', () => {
  test.each<[string, string, [string, string][]]>([
    ['Latin', 'Łódź, 1,500 €', [['inter', 'Łódź, 1,500 €']]],
    ['Greek and Cyrillic', 'Ἀθῆναι Київ', [['inter', 'Ἀθῆναι Київ']]],
    [
      'Han and kana between Latin',
      'API呼び出し（2）',
      [
        ['inter', 'API'],
        ['chinese', '呼び出し（'],
        ['inter', '2'],
        ['chinese', '）'],
      ],
    ],
    ['Hangul', '한국', [['korean', '한국']]],
    [
      'Arabic in a Latin sentence',
      'to شركة (x)',
      [
        ['inter', 'to '],
        ['arabic', 'شركة'],
        ['inter', ' (x)'],
      ],
    ],
    [
      'a line that begins from the right: numbers keep their direction, brackets are mirrored',
      'שלום (12) א',
      [
        ['hebrew', 'א'],
        ['inter', ' ('],
        ['inter', '12'],
        ['inter', ') '],
        ['hebrew', 'שלום'],
      ],
    ],
    ['composed where there is a letter for it', 'e\u0301', [['inter', 'é']]],
    [
      'isolates and marks of direction are not shown',
      '\u2068a\u2069\u200eb',
      [
        ['inter', 'a'],
        ['inter', 'b'],
      ],
    ],
    ['nothing', '', []],
  ])('%s', (_name, line, runs) => {
    expect(told(line)).toEqual(runs);
  });

  test('Arabic digits are handed over turned round, as the shaper turns them back', () => {
    expect(told('١٢')).toEqual([['arabic', '٢١']]);
    expect(
      loadFont('arabic', 'regular')
        .layout('٢١')
        .glyphs.map(({ codePoints }) => String.fromCodePoint(...codePoints)),
    ).toEqual(['١', '٢']);
  });

  test('scripts whose signs move are copied as they were written; Thai and Lao AM are set as a ring below the tone and a vowel', () => {
    expect(splitRuns('น้ำ x ນ້ຳ ทํ', 'regular')).toEqual([
      { typeface: 'thai', text: 'นํ้า', actual: 'น้ำ' },
      { typeface: 'inter', text: ' x ' },
      { typeface: 'lao', text: 'ນໍ້າ', actual: 'ນ້ຳ' },
      { typeface: 'inter', text: ' ' },
      { typeface: 'thai', text: 'ทํ', actual: 'ทํ' },
    ]);
    expect(splitRuns('श्री, कंपनी', 'regular').map(({ typeface, actual }) => [typeface, actual])).toEqual([
      ['devanagari', 'श्री'],
      ['inter', undefined],
      ['devanagari', 'कंपनी'],
    ]);
  });

  test('a character that no font has is shown as a box and copied as what it is', () => {
    expect(splitRuns('a 𐎀😀', 'semibold')).toEqual([
      { typeface: 'inter', text: 'a ' },
      { typeface: 'inter', text: '□□', actual: '𐎀😀' },
    ]);
  });

  test('what is set without a look at its letters, Inter has', () => {
    for (const weight of ['regular', 'semibold'] as const) {
      const inter = loadFont('inter', weight);
      for (let code = 0; code < 0x3000; code += 1)
        if (COMMON.test(String.fromCharCode(code)))
          expect([code, inter.hasGlyphForCodePoint(code)]).toEqual([code, true]);
    }
  });
});
