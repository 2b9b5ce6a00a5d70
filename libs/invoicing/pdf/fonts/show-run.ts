import type { Font } from 'fontkit';
import type PDFDocument from 'pdfkit';

/*
 * pdfkit's own text() shapes each text twice and wraps it in forty bytes of state. This writes the operators of one run itself, with the
 * fonts that pdfkit embeds: it reaches for four names of pdfkit that its types do not show (checked against the pinned version by
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
  // The page is turned upside down by pdfkit, so that y counts from its top: letters are turned back.
  const at = (left: number, base: number) => `1 0 0 -1 ${figure(left)} ${figure(base)} Tm`;
  let operators = `BT\n${at(x, y)}\n/${embedded.id} ${figure(size)} Tf\n${color} rg\n`;
  let pen = x;
  let shown = '';
  const flush = () => {
    if (shown !== '') operators += `[<${shown}>] TJ\n`;
    shown = '';
  };
  for (const [index, glyph] of glyphs.entries()) {
    const { xAdvance, advanceWidth, xOffset, yOffset } = positions[index] as Position;
    const advance = (xAdvance * size) / 1000;
    if (xOffset === 0 && yOffset === 0) {
      shown += glyph;
      // What the font's own width is corrected by.
      if (xAdvance !== advanceWidth) shown += `> ${figure(advanceWidth - xAdvance)} <`;
    } else {
      flush();
      operators += `${at(pen + (xOffset * size) / 1000, y - (yOffset * size) / 1000)}\n[<${glyph}>] TJ\n${at(pen + advance, y)}\n`;
    }
    pen += advance;
  }
  flush();
  const block = `${operators}ET`;
  inside.addContent(actual === undefined ? block : `/Span <</ActualText <${utf16(actual)}>>> BDC\n${block}\nEMC`);
}

const figure = (value: number): string => `${Number(value.toFixed(2))}`;

const utf16 = (text: string): string => Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex');
