/**
 * Breaks text into lines that are no wider than the width: at spaces and between Han and kana characters, and inside a word only where
 * the word alone is too wide. Nothing is left out. Line breaks and other control characters in names count as spaces.
 */
export function wrapText(text: string, width: number, measure: (text: string) => number): string[] {
  const whole = oneLine(text);
  if (measure(whole) <= width) return [whole];
  const lines: string[] = [];
  let line = '';
  for (const { space, part } of partsOf(whole)) {
    const longer = line === '' ? part : `${line}${space}${part}`;
    if (measure(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = chop(part, width, measure);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  lines.push(line);
  return lines;
}

/** The text without control characters and with single spaces. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

const BREAKABLE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;
/** Closing marks and small kana begin no line, opening brackets end none. */
const NOT_FIRST = /[、。，．：；？！）」』】〕〉》”’…・ーァィゥェォッャュョヮぁぃぅぇぉっゃゅょゎ々)\]}.,;:!?%\p{M}]/u;
const NOT_LAST = /[（「『【〔〈《“‘([{]/;

interface Part {
  /** What stands before it where no line was broken. */
  readonly space: string;
  readonly part: string;
}

function partsOf(text: string): Part[] {
  return text
    .split(' ')
    .flatMap((word) => betweenIdeographs(word).map((part, index) => ({ space: index === 0 ? ' ' : '', part })));
}

function betweenIdeographs(word: string): string[] {
  if (!BREAKABLE.test(word)) return [word];
  const parts: string[] = [];
  let previous = '';
  for (const character of word) {
    const mayBreak =
      previous !== '' &&
      (BREAKABLE.test(previous) || BREAKABLE.test(character)) &&
      !NOT_FIRST.test(character) &&
      !NOT_LAST.test(previous);
    if (mayBreak || previous === '') parts.push(character);
    else parts[parts.length - 1] += character;
    previous = character;
  }
  return parts;
}

/**
 * What is never torn apart: marks and joiners stay with the letter before them, the letters of a conjunct together (viramas of India and
 * Sinhala, the coeng of Khmer), Thai and Lao vowels with the consonant that they stand before or behind.
 */
const CLUSTER =
  /[\u0e40-\u0e44\u0ec0-\u0ec4]?.(?:\u200c|\u200d|[\p{M}\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3]|(?<=[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u17d2]\u200d?)\p{L})*/gsu;

function chop(word: string, width: number, measure: (text: string) => number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const [cluster] of word.matchAll(CLUSTER)) {
    if (piece !== '' && measure(piece + cluster) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += cluster;
  }
  return [...pieces, piece];
}
