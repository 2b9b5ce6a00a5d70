import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFont } from './load-font.ts';
import { shapeQuickly } from './shape-quickly.ts';
import { TYPEFACES } from './typefaces.ts';

const inter = () => readFont(TYPEFACES.inter.package, TYPEFACES.inter.regular);
const font = inter();
const quick = shapeQuickly(inter(), { kerning: true });

const LETTERS = 'ABCDEFTVWYabcdefghijklmnopqrstuvwxyzÄÖÜäöüßéèçñŁłŻżČčАБВГДабвгдεζηθ0123456789 ';
const texts = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 30 });

describe('quick shaping', () => {
  test('has the glyphs of fontkit and its widths, but for kerning that looks at more than two letters', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const whole = font.layout(text, { kern: true, calt: false, clig: false, liga: false, ccmp: false });
        const { glyphs, advanceWidth } = quick.layout(text);
        expect(glyphs.map(({ id }) => id)).toEqual(whole.glyphs.map(({ id }) => id));
        const perLetter = Math.abs(advanceWidth - whole.advanceWidth) / text.length;
        expect(perLetter).toBeLessThan(font.unitsPerEm / 50);
      }),
      { numRuns: 200 },
    );
  });

  test('figures have equal widths', () => {
    const widths = [...'0123456789'].map((digit) => quick.layout(digit, ['tnum']).advanceWidth);
    expect(new Set(widths).size).toBe(1);
    expect(quick.layout('11,111.11', ['tnum']).advanceWidth).toBe(quick.layout('47,308.52', ['tnum']).advanceWidth);
  });

  test('a glyph stands for what was written, whatever it stood for before', () => {
    const meant = (text: string) =>
      quick.layout(text).glyphs.map(({ codePoints }) => String.fromCodePoint(...codePoints));
    // Ohm sign and omega, two kinds of space: one glyph each.
    for (const text of ['\u2126', '\u03a9', ' ', '\u00a0', '\u2126\u03a9']) expect(meant(text).join('')).toBe(text);
    const arabic = TYPEFACES.arabic;
    const naskh = shapeQuickly(readFont(arabic.package, arabic.regular), { kerning: false });
    for (const text of ['تقنية', 'بنك', 'نيل']) {
      const written = naskh.layout(text).glyphs.flatMap(({ codePoints }) => codePoints);
      expect(String.fromCodePoint(...written.reverse())).toBe(text);
    }
  });

  test('what pdfkit does to positions does not come back', () => {
    for (const text of ['VAT', 'x\u030c']) {
      const first = quick.layout(text);
      const advance = first.positions[0]?.xAdvance;
      for (const position of first.positions) position.xAdvance = 1;
      expect(quick.layout(text).positions[0]?.xAdvance).toBe(advance);
    }
  });
});
