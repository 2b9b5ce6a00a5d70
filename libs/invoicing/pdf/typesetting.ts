import type PDFDocument from 'pdfkit';
import type { InvoiceDocument } from '../documents/document.ts';
import { fontKey, loadFont } from './fonts/load-font.ts';
import { showRun } from './fonts/show-run.ts';
import { type Run, splitRuns } from './fonts/split-runs.ts';
import type { Weight } from './fonts/typefaces.ts';
import type { Messages } from './messages.ts';
import { oneLine, wrapText } from './wrap-text.ts';

export type Pdf = InstanceType<typeof PDFDocument>;

/** A document while it is being set, and the words it is set in. */
export interface Sheet {
  readonly pdf: Pdf;
  readonly document: InvoiceDocument;
  readonly messages: Messages;
}

/** A4 in points, with margins. */
export const PAGE = { width: 595.28, height: 841.89, left: 56, right: 56, top: 52, bottom: 68 } as const;
export const LEFT = PAGE.left;
export const RIGHT = PAGE.width - PAGE.right;
export const CONTENT_WIDTH = RIGHT - LEFT;
/** Content ends here; the footer stands below. */
export const CONTENT_BOTTOM = PAGE.height - PAGE.bottom;

const PROSE: readonly string[] = [];
const TABULAR = ['tnum'];
/** Inter's, in parts of the type size: other scripts stand on the same line. */
const ASCENT = 0.96875;

export interface Style {
  readonly weight: Weight;
  readonly size: number;
  /** Red, green and blue from 0 to 1. */
  readonly color: string;
  readonly leading: number;
}

export const INK = '0.086 0.094 0.114';
const QUIET = '0.4 0.424 0.478';
const HAIRLINE = '0.89 0.898 0.918';

export const STYLES = {
  title: { weight: 'semibold', size: 20, color: INK, leading: 26 },
  headline: { weight: 'semibold', size: 15, color: INK, leading: 21 },
  strong: { weight: 'semibold', size: 9, color: INK, leading: 13.5 },
  body: { weight: 'regular', size: 9, color: INK, leading: 13.5 },
  label: { weight: 'regular', size: 9, color: QUIET, leading: 13.5 },
  quiet: { weight: 'regular', size: 8, color: QUIET, leading: 12 },
  footer: { weight: 'regular', size: 6.75, color: QUIET, leading: 10 },
} as const satisfies Record<string, Style>;

export function measureText(text: string, style: Style): number {
  return splitRuns(text, style.weight).reduce((width, run) => width + widthOf(run, style, PROSE), 0);
}

/** One line of text with its left edge at x. Every position is explicit: pdfkit's own cursor is not used. */
export function putText(sheet: Sheet, text: string, style: Style, x: number, y: number): void {
  putRuns(sheet, splitRuns(oneLine(text), style.weight), style, x, y, PROSE);
}

/** One line of text with its right edge at x. */
export function putTextRight(sheet: Sheet, text: string, style: Style, right: number, y: number): void {
  const line = oneLine(text);
  putText(sheet, line, style, right - measureText(line, style), y);
}

export function measureFigure(figure: string, style: Style): number {
  const [before, digits] = splitFigure(figure);
  return (
    measureText(before, style) + (digits === '' ? 0 : widthOf({ typeface: 'inter', text: digits }, style, TABULAR))
  );
}

/** A figure with its right edge at x, in digits of equal width, so that columns line up. */
export function putFigure(sheet: Sheet, figure: string, style: Style, right: number, y: number): void {
  const [before, digits] = splitFigure(figure);
  const run: Run = { typeface: 'inter', text: digits };
  const left = digits === '' ? right : right - widthOf(run, style, TABULAR);
  if (digits !== '') putRuns(sheet, [run], style, left, y, TABULAR);
  putRuns(sheet, splitRuns(before, style.weight), style, left - measureText(before, style), y, PROSE);
}

/** What stands before the digits is set apart: the minus of equal width would stand off from its figure. */
function splitFigure(figure: string): [before: string, digits: string] {
  const start = figure.search(/[0-9]/);
  return start < 0 ? [figure, ''] : [figure.slice(0, start), figure.slice(start)];
}

function widthOf({ typeface, text }: Run, style: Style, features: readonly string[]): number {
  const font = loadFont(typeface, style.weight);
  return (font.layout(text, [...features]).advanceWidth * style.size) / font.unitsPerEm;
}

function putRuns(
  { pdf }: Sheet,
  runs: readonly Run[],
  style: Style,
  x: number,
  y: number,
  features: readonly string[],
): void {
  const baseline = y + (style.leading - style.size) / 2 + style.size * ASCENT;
  let at = x;
  for (const run of runs) {
    const font = loadFont(run.typeface, style.weight);
    const name = fontKey(run.typeface, style.weight);
    at = showRun(pdf, run, { font, name, features, size: style.size, color: style.color }, at, baseline);
  }
}

/** Wraps text to the width, sets it and returns the y below it. */
export function putParagraph(sheet: Sheet, text: string, style: Style, x: number, y: number, width: number): number {
  return putLines(sheet, wrap(text, style, width), style, x, y);
}

/** Sets lines one below the other and returns the y below them. */
export function putLines(sheet: Sheet, lines: readonly string[], style: Style, x: number, y: number): number {
  let below = y;
  for (const line of lines) {
    putText(sheet, line, style, x, below);
    below += style.leading;
  }
  return below;
}

export function wrap(text: string, style: Style, width: number): string[] {
  return wrapText(text, width, (part) => measureText(part, style));
}

export function hairline(
  { pdf }: Sheet,
  y: number,
  { from = LEFT, to = RIGHT, color = HAIRLINE }: { from?: number; to?: number; color?: string } = {},
): void {
  const at = y.toFixed(2);
  pdf.addContent(`0.6 w ${color} RG ${from.toFixed(2)} ${at} m ${to.toFixed(2)} ${at} l S`);
}
