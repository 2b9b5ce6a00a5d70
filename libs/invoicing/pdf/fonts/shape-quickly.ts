import type { Font, Glyph, GlyphPosition, GlyphRun } from 'fontkit';
import { mendShaping } from './mend-shaping.ts';

/*
 * fontkit shapes a line of thirty letters in half a millisecond, most of it for features that Latin text does not use. Plain text is
 * therefore set here letter by letter, with the kerning of each pair asked of fontkit once; whatever needs more (Arabic, marks that have
 * no letter of their own) goes to fontkit as a whole. Both are kept. What comes out depends on the text and the font alone, never on
 * what was set before.
 */

/** Letters that stand beside each other and nothing more. */
const PLAIN =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Common}]*$/u;
const MARKS = /\p{M}|[\u1100-\u11ff]|\u200c|\u200d/u;
const KEPT_AT_MOST = 20_000;
/** Letters that would be joined or turned into others by their neighbours ("->" into an arrow) are not. */
const PAIR_FEATURES = { kern: true, calt: false, clig: false, liga: false, ccmp: false };

/** The font, with a `layout` that is quick. Of the features only 'tnum' (figures of equal width, not kerned) is known. */
export function shapeQuickly(parsed: Font, { kerning: hasKerning }: { readonly kerning: boolean }): Font {
  const font = rememberingNothing(parsed);
  const letters = new Map<string, Letter>();
  const figures = new Map<string, Glyph>();
  const wholes = new Map<string, GlyphRun>();

  const letter = (character: string): Letter =>
    keep(letters, character, () => {
      const glyph = font.glyphForCodePoint(character.codePointAt(0) as number);
      return { glyph, width: glyph.advanceWidth, kerning: new Map() };
    });
  const figure = (character: string): Glyph =>
    keep(figures, character, () => font.layout(character, ['tnum']).glyphs[0] as Glyph);
  const kern = (first: string, { kerning }: Letter, second: string): number =>
    keep(kerning, second, () => {
      const { glyphs, positions } = font.layout(first + second, PAIR_FEATURES);
      return glyphs.length === 2 ? (positions[0] as GlyphPosition).xAdvance - (glyphs[0] as Glyph).advanceWidth : 0;
    });

  const layOut = (
    text: string,
    features?: readonly string[],
  ): Pick<GlyphRun, 'glyphs' | 'positions' | 'advanceWidth'> => {
    if (!PLAIN.test(text) || MARKS.test(text)) return copyOf(keep(wholes, text, () => font.layout(text)));
    const characters = [...text];
    if (features?.includes('tnum') === true) return evenly(characters.map(figure));
    const set = characters.map(letter);
    let advanceWidth = 0;
    const positions = set.map((one, index) => {
      const next = characters[index + 1];
      const kerned = hasKerning && next !== undefined ? kern(characters[index] as string, one, next) : 0;
      advanceWidth += one.width + kerned;
      return { xAdvance: one.width + kerned, yAdvance: 0, xOffset: 0, yOffset: 0 };
    });
    return { glyphs: set.map(({ glyph }) => glyph), positions, advanceWidth };
  };
  return Object.create(font, { layout: { value: layOut } }) as Font;
}

interface Letter {
  readonly glyph: Glyph;
  readonly width: number;
  /** By the letter that follows. */
  readonly kerning: Map<string, number>;
}

function evenly(glyphs: Glyph[]): Pick<GlyphRun, 'glyphs' | 'positions' | 'advanceWidth'> {
  const positions = glyphs.map(({ advanceWidth: xAdvance }) => ({ xAdvance, yAdvance: 0, xOffset: 0, yOffset: 0 }));
  return { glyphs, positions, advanceWidth: positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0) };
}

/**
 * fontkit lets a glyph stand for the first text that it was ever used for. Here it stands for what it was asked for; and what it reads of
 * a glyph to put it into a subset it reads once.
 */
function rememberingNothing(font: Font): Font {
  const forSubsets = new Map<number, Glyph>();
  const getGlyph = (id: number, codePoints?: number[]): Glyph => {
    if (codePoints !== undefined) return Object.create(readOnce(id), { codePoints: { value: codePoints } }) as Glyph;
    return readOnce(id);
  };
  const readOnce = (id: number): Glyph =>
    keep(forSubsets, id, () => {
      const glyph = font.getGlyph(id) as Glyph & Partial<Record<'_decode' | '_getMetrics', () => unknown>>;
      // Of TrueType glyphs, which are what all Latin text is set in.
      if (glyph._decode === undefined) return glyph;
      const [outline, metrics] = [glyph._decode(), glyph._getMetrics?.()];
      return Object.create(glyph, {
        advanceWidth: { value: glyph.advanceWidth },
        _decode: { value: () => outline },
        _getMetrics: { value: () => metrics },
      }) as Glyph;
    });
  const remembering = Object.create(font, { getGlyph: { value: getGlyph } }) as Font;
  mendShaping(remembering);
  return remembering;
}

/** pdfkit scales positions where they are. */
function copyOf({
  glyphs,
  positions,
  advanceWidth,
}: GlyphRun): Pick<GlyphRun, 'glyphs' | 'positions' | 'advanceWidth'> {
  const copies = positions.map(({ xAdvance, yAdvance, xOffset, yOffset }) => ({
    xAdvance,
    yAdvance,
    xOffset,
    yOffset,
  }));
  return { glyphs, positions: copies, advanceWidth };
}

function keep<Key, Value>(kept: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = kept.get(key);
  if (known !== undefined) return known;
  // Names of all customers would otherwise stay for good.
  if (kept.size >= KEPT_AT_MOST) kept.clear();
  const made = make();
  kept.set(key, made);
  return made;
}
