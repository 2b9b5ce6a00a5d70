import type { Font, GlyphPosition } from 'fontkit';
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
  readonly subset: { includeGlyph(id: number): number };
  /** By glyph of the subset, in thousandths of the type size. */
  readonly widths: (number | undefined)[];
  /** What each glyph of the subset stands for when it is copied: the characters that it was first used for. */
  readonly unicode: (readonly number[] | undefined)[];
  ref(): unknown;
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

/**
 * Shows text in one font from x on, on the baseline y from the page's top, and returns where it ends. `actual` is what a reader copies
 * instead of the glyphs.
 */
export function showRun(
  pdf: InstanceType<typeof PDFDocument>,
  { text, actual }: { readonly text: string; readonly actual?: string },
  { font, name, features, size, color }: Setting,
  x: number,
  y: number,
): number {
  const inside = pdf as unknown as Inside;
  inside.font(font, name);
  const embedded = inside._font;
  inside.page.fonts[embedded.id] ??= embedded.ref();
  const { glyphs, positions } = font.layout(text, [...features]);
  const [points, thousandths] = [size / font.unitsPerEm, 1000 / font.unitsPerEm];
  // The page is turned upside down by pdfkit, so that y counts from its top: letters are turned back.
  const at = (left: number, base: number) => `1 0 0 -1 ${figure(left)} ${figure(base)} Tm\n`;
  let operators = `BT\n${at(x, y)}/${embedded.id} ${figure(size)} Tf\n${color} rg\n`;
  let pen = x;
  let shown = '';
  const flush = () => {
    if (shown !== '') operators += `[<${shown}>] TJ\n`;
    shown = '';
  };
  for (const [index, { id, advanceWidth, codePoints }] of glyphs.entries()) {
    const { xAdvance, xOffset, yOffset } = positions[index] as GlyphPosition;
    const glyph = embedded.subset.includeGlyph(id);
    embedded.widths[glyph] ??= advanceWidth * thousandths;
    embedded.unicode[glyph] ??= codePoints;
    const hex = glyph.toString(16).padStart(4, '0');
    const isMoved = xOffset !== 0 || yOffset !== 0;
    // Arabic letters share a body and differ in their dots; Latin A and Cyrillic А may share a glyph.
    const isAnother = actual === undefined && !isSame(codePoints, embedded.unicode[glyph]);
    if (isMoved || isAnother) {
      flush();
      const moved = isMoved ? at(pen + xOffset * points, y - yOffset * points) : '';
      const one = `[<${hex}>] TJ`;
      const meant = isAnother ? meaning(String.fromCodePoint(...codePoints), one) : one;
      operators += `${moved}${meant}\n${at(pen + xAdvance * points, y)}`;
    } else {
      // What the font's own width is corrected by stands behind the glyph.
      shown += xAdvance === advanceWidth ? hex : `${hex}> ${figure((advanceWidth - xAdvance) * thousandths)} <`;
    }
    pen += xAdvance * points;
  }
  flush();
  const block = `${operators}ET`;
  inside.addContent(actual === undefined ? block : meaning(actual, block));
  return pen;
}

const isSame = (one: readonly number[], other: readonly number[] | undefined): boolean =>
  one === other || (one.length === other?.length && one.every((codePoint, index) => codePoint === other[index]));

const meaning = (text: string, operators: string): string =>
  `/Span <</ActualText <${utf16(text)}>>> BDC\n${operators}\nEMC`;

const figure = (value: number): string => `${Number(value.toFixed(2))}`;

const utf16 = (text: string): string => Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex');
