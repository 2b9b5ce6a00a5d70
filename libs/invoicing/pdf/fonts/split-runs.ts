import bidiFactory, { type Bidi } from 'bidi-js';
import { loadFont } from './load-font.ts';
import { fallbacksFor, type Typeface, type Weight } from './typefaces.ts';

/** A part of a line that one font sets, in the order in which parts stand from left to right. */
export interface Run {
  readonly typeface: Typeface;
  /** What is given to the font. */
  readonly text: string;
  /** What was written, where the glyphs do not tell: characters that no font has, signs that are set in another order. */
  readonly actual?: string;
}

/** Set as it is by Inter: one run, from left to right. */
export const COMMON =
  /^[ -~\u00a0-\u00ac\u00ae-\u0148\u014a-\u017f\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac\u2248]*$/;
const INVISIBLE = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/;
const JOINED = /[\p{M}\u200c\u200d]/u;
/** Scripts that are written from right to left. */
const TURNED = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
/** Scripts whose signs stand in another order, or melt into each other, on paper. */
const REORDERED =
  /[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
/** Thai and Lao AM: a ring that stands below the marks of its consonant, and a vowel behind it. */
const AM = /([\u0e31\u0e34-\u0e37\u0e3b\u0e47-\u0e4e]*)\u0e33|([\u0eb1\u0eb4-\u0eb7\u0ebb\u0ec7-\u0ece]*)\u0eb3/gu;
/** Shown for a character that no font has. */
const REPLACEMENT = '\u25a1';

// Its types are those of a module, what Node loads is the function itself.
const bidi = (bidiFactory as unknown as () => Bidi)();

/** Splits a line by direction (Unicode bidirectional algorithm) and by the font that has its characters. */
export function splitRuns(line: string, weight: Weight): readonly Run[] {
  if (COMMON.test(line)) return line === '' ? [] : [{ typeface: 'inter', text: line }];
  const text = line.normalize('NFC');
  const { levels } = bidi.getEmbeddingLevels(text);
  const pieces: Piece[] = [];
  let at = 0;
  for (const character of text) {
    const level = levels[at] as number;
    at += character.length;
    if (INVISIBLE.test(character)) continue;
    const previous = pieces.at(-1);
    const typeface = typefaceOf(character, previous, weight);
    if (previous !== undefined && previous.typeface === typeface && previous.level === level)
      previous.text += character;
    else pieces.push({ typeface, level, text: character });
  }
  return inVisualOrder(pieces).map(toRun);
}

interface Piece {
  /** Null: no font has it. */
  readonly typeface: Typeface | null;
  readonly level: number;
  text: string;
}

function typefaceOf(character: string, previous: Piece | undefined, weight: Weight): Typeface | null {
  const has = (typeface: Typeface): boolean =>
    loadFont(typeface, weight).hasGlyphForCodePoint(character.codePointAt(0) as number);
  // Marks stay with their letter as long as its font has them.
  if (previous?.typeface && JOINED.test(character) && has(previous.typeface)) return previous.typeface;
  return has('inter') ? 'inter' : (fallbacksFor(character).find(has) ?? null);
}

function toRun({ typeface, level, text }: Piece): Run {
  if (typeface === null) return { typeface: 'inter', text: REPLACEMENT.repeat([...text].length), actual: text };
  if (REORDERED.test(text)) return { typeface, text: splitAm(text), actual: text };
  const isFromRight = level % 2 === 1;
  // The shaper turns these scripts round by itself, their digits, too, which are written from left to right.
  const isTurned = TURNED.test(text);
  const characters = [...text].map((one) => (isFromRight ? (bidi.getMirroredCharacter(one) ?? one) : one));
  if (isFromRight !== isTurned) characters.reverse();
  return { typeface, text: characters.join('') };
}

const splitAm = (text: string): string =>
  text.replace(AM, (am, thai: string | undefined, lao: string | undefined) =>
    am.endsWith('\u0e33') ? `\u0e4d${thai}\u0e32` : `\u0ecd${lao}\u0eb2`,
  );

/** Rule L2: from the highest level down, whatever is at least that high is turned round. */
function inVisualOrder(pieces: readonly Piece[]): Piece[] {
  const ordered = [...pieces];
  const highest = Math.max(0, ...pieces.map(({ level }) => level));
  for (let level = highest; level > 0; level -= 1) {
    let start = 0;
    while (start < ordered.length) {
      let end = start;
      while (end < ordered.length && (ordered[end] as Piece).level >= level) end += 1;
      if (end > start) ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = end + 1;
    }
  }
  return ordered;
}
