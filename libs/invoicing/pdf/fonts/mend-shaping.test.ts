import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EXAMPLE_HASH, exampleDocument } from '#tests/support/example-documents.ts';
import { pdfText } from '#tests/support/pdf-text.ts';
import { shapedWords } from '#tests/support/shaped-words.ts';
import { renderInvoicePdf } from '../render-invoice-pdf.ts';
import { loadFont } from './load-font.ts';
import { splitRuns } from './split-runs.ts';
import { TYPEFACES, type Typeface, type Weight } from './typefaces.ts';

function shape(word: string, weight: Weight): string {
  return splitRuns(word, weight)
    .flatMap(({ typeface, text }) => {
      const { glyphs, positions } = loadFont(typeface, weight).layout(text);
      return glyphs.map(({ id }, index) => {
        const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {};
        return [id, xAdvance, ...(xOffset === 0 && yOffset === 0 ? [] : [xOffset, yOffset])].join(':');
      });
    })
    .join(' ');
}

describe('words are set as HarfBuzz sets them', () => {
  test.each(shapedWords)('%s %s %s', (typeface, weight, word, expected) => {
    expect(splitRuns(word, weight).map((run) => run.typeface)).toEqual([typeface]);
    expect(shape(word, weight)).toBe(expected);
  });
});

const NOT_SHAPED: readonly Typeface[] = ['inter', 'korean', 'chinese'];
const typefaces = (Object.keys(TYPEFACES) as Typeface[]).filter((typeface) => !NOT_SHAPED.includes(typeface));

describe('no text stops a page, however its letters and marks follow each other', () => {
  test.each(typefaces)('%s', (typeface) => {
    const font = loadFont(typeface, 'regular');
    const inter = loadFont('inter', 'regular');
    const own = font.characterSet.filter((code) => !inter.hasGlyphForCodePoint(code));
    const unit = fc.constantFrom(...own.map((code) => String.fromCodePoint(code)), '\u200c', '\u200d');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 9 }), (text) => {
        for (const run of splitRuns(text, 'regular')) {
          const { glyphs, positions } = loadFont(run.typeface, 'regular').layout(run.text);
          expect(positions).toHaveLength(glyphs.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('an Arabic name with marks that their letter has no place for', () => {
    expect(() => shape('ڑݪۺۺࣺࡺ', 'regular')).not.toThrow();
  });
});

test('names are copied as they were written, whatever order their signs are set in', async () => {
  const names = shapedWords.filter(([, weight]) => weight === 'regular').map(([, , word]) => word);
  const text = await pdfText(await renderInvoicePdf(exampleDocument([], { notes: names }), { hash: EXAMPLE_HASH }));
  for (const name of names) expect(text).toContain(`${name}\n`);
});
