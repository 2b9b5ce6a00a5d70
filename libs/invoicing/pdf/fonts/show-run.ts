import type { Font, Glyph } from 'fontkit';
import type PDFDocument from 'pdfkit';

/*
 * pdfkit's own text() shapes each text twice and wraps it in forty bytes of state. This writes the operators of one run itself, with the
 * fonts that pdfkit embeds: it reaches for names of pdfkit that its types do not show (checked against the pinned version by
 * every test of the page).
 */
interface Inside {
  font(source: Font, name: string): void;
  readonly _font: EmbeddedFont;
  readonly page: { readonly fonts: Record<string, unknown> };
  addContent(operators: string): void;
}

interface EmbeddedFont {
  readonly id: string;
  /** What each glyph of the subset stands for when it is copied: the characters that it was first used for. */
  readonly unicode: readonly (readonly number[])[];
  ref(): unknown;
  /** Glyphs as four hex digits within the subset; positions in thousandths of the type size. */
  encode(text: string, features: readonly string[]): [glyphs: readonly string[], positions: readonly Position[]];
}

interface Position {
  readonly xAdvance: number;
  readonly advanceWidth: number;
  readonly xOffset: number;
  readonly yOffset: number;
}

export interface Setting {
  readonly font: Font;
  /** Names the font within the document. */
  readonly name: string;
  readonly features: readonly string[];
  readonly size: number;
  /** Three numbers from 0 to 1. */
  readonly color: string;
}

/** Shows text in one font from x on, on the baseline y from the page's top. `actual` is what a reader copies instead of the glyphs. */
export function showRun(
  pdf: InstanceType<typeof PDFDocument>,
  { text, actual }: { readonly text: string; readonly actual?: string },
  { font, name, features, size, color }: Setting,
  x: number,
  y: number,
): void {
  const inside = pdf as unknown as Inside;
  inside.font(font, name);
  const embedded = inside._font;
  inside.page.fonts[embedded.id] ??= embedded.ref();
  const [glyphs, positions] = embedded.encode(text, features);
  const meant = font.layout(text, [...features]).glyphs;
  // The page is turned upside down by pdfkit, so that y counts from its top: letters are turned back.
  const at = (left: number, base: number) => `1 0 0 -1 ${figure(left)} ${figure(base)} Tm\n`;
  let operators = `BT\n${at(x, y)}/${embedded.id} ${figure(size)} Tf\n${color} rg\n`;
  let pen = x;
  let shown = '';
  const flush = () => {
    if (shown !== '') operators += `[<${shown}>] TJ\n`;
    shown = '';
  };
  for (const [index, glyph] of glyphs.entries()) {
    const { xAdvance, advanceWidth, xOffset, yOffset } = positions[index] as Position;
    const { codePoints } = meant[index] as Glyph;
    const advance = (xAdvance * size) / 1000;
    const isMoved = xOffset !== 0 || yOffset !== 0;
    // Arabic letters share a body and differ in their dots; Latin A and Cyrillic А may share a glyph.
    const isAnother = actual === undefined && !isSame(codePoints, embedded.unicode[Number.parseInt(glyph, 16)]);
    if (isMoved || isAnother) {
      flush();
      const moved = isMoved ? at(pen + (xOffset * size) / 1000, y - (yOffset * size) / 1000) : '';
      const one = `[<${glyph}>] TJ`;
      operators += `${moved}${isAnother ? meaning(String.fromCodePoint(...codePoints), one) : one}\n${at(pen + advance, y)}`;
    } else {
      shown += glyph;
      // What the font's own width is corrected by.
      if (xAdvance !== advanceWidth) shown += `> ${figure(advanceWidth - xAdvance)} <`;
    }
    pen += advance;
  }
  flush();
  const block = `${operators}ET`;
  inside.addContent(actual === undefined ? block : meaning(actual, block));
}

const isSame = (one: readonly number[], other: readonly number[] | undefined): boolean =>
  one === other || (one.length === other?.length && one.every((codePoint, index) => codePoint === other[index]));

const meaning = (text: string, operators: string): string =>
  `/Span <</ActualText <${utf16(text)}>>> BDC\n${operators}\nEMC`;

const figure = (value: number): string => `${Number(value.toFixed(2))}`;

const utf16 = (text: string): string => Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex');
