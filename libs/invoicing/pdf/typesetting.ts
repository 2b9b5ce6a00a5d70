import type PDFDocument from 'pdfkit';
import type { FontName } from './fonts.ts';
import { oneLine, wrapText } from './wrap-text.ts';

export type Pdf = InstanceType<typeof PDFDocument>;

/** A4 in points, with margins. */
export const PAGE = { width: 595.28, height: 841.89, left: 56, right: 56, top: 56, bottom: 72 } as const;
export const LEFT = PAGE.left;
export const RIGHT = PAGE.width - PAGE.right;
export const CONTENT_WIDTH = RIGHT - LEFT;
/** Content ends here; the footer stands below. */
export const CONTENT_BOTTOM = PAGE.height - PAGE.bottom;

// Never broken by pdfkit: lines are made here.
const PROSE: PDFKit.Mixins.TextOptions = { lineBreak: false };
const TABULAR: PDFKit.Mixins.TextOptions = { lineBreak: false, features: ['tnum'] };

export interface Style {
  readonly font: FontName;
  readonly size: number;
  readonly color: string;
  readonly leading: number;
}

const INK = '#16181d';
const QUIET = '#6a7080';
const HAIRLINE = '#e3e5ea';

export const STYLES = {
  title: { font: 'semibold', size: 20, color: INK, leading: 26 },
  headline: { font: 'semibold', size: 15, color: INK, leading: 21 },
  strong: { font: 'semibold', size: 9, color: INK, leading: 13.5 },
  body: { font: 'regular', size: 9, color: INK, leading: 13.5 },
  label: { font: 'regular', size: 9, color: QUIET, leading: 13.5 },
  quiet: { font: 'regular', size: 8, color: QUIET, leading: 12 },
  footer: { font: 'regular', size: 6.75, color: QUIET, leading: 10 },
} as const satisfies Record<string, Style>;

export function measureText(pdf: Pdf, text: string, style: Style): number {
  return pdf.font(style.font).fontSize(style.size).widthOfString(text, PROSE);
}

/** One line of text with its left edge at x. Every position is explicit: pdfkit's own cursor is not used. */
export function putText(pdf: Pdf, text: string, style: Style, x: number, y: number): void {
  put(pdf, oneLine(text), style, x, y, PROSE);
}

/** One line of text with its right edge at x. */
export function putTextRight(pdf: Pdf, text: string, style: Style, right: number, y: number): void {
  const line = oneLine(text);
  put(pdf, line, style, right - measureText(pdf, line, style), y, PROSE);
}

export function measureFigure(pdf: Pdf, figure: string, style: Style): number {
  const [before, digits] = splitFigure(figure);
  const width = pdf.font(style.font).fontSize(style.size).widthOfString(digits, TABULAR);
  return width + (before === '' ? 0 : measureText(pdf, before, style));
}

/** A figure with its right edge at x, in digits of equal width, so that columns line up. */
export function putFigure(pdf: Pdf, figure: string, style: Style, right: number, y: number): void {
  const [before, digits] = splitFigure(figure);
  const left = right - pdf.font(style.font).fontSize(style.size).widthOfString(digits, TABULAR);
  put(pdf, digits, style, left, y, TABULAR);
  if (before !== '') put(pdf, before, style, left - measureText(pdf, before, style), y, PROSE);
}

/** What stands before the digits is set apart: the minus of equal width would stand off from its figure. */
function splitFigure(figure: string): [before: string, digits: string] {
  const start = figure.search(/[0-9]/);
  return start < 0 ? [figure, ''] : [figure.slice(0, start), figure.slice(start)];
}

function put(pdf: Pdf, text: string, style: Style, x: number, y: number, options: PDFKit.Mixins.TextOptions): void {
  if (text === '') return;
  pdf.font(style.font).fontSize(style.size).fillColor(style.color);
  pdf.text(text, x, y + (style.leading - style.size) / 2, options);
}

/** Wraps text to the width, sets it and returns the y below it. */
export function putParagraph(pdf: Pdf, text: string, style: Style, x: number, y: number, width: number): number {
  let below = y;
  for (const line of wrap(pdf, text, style, width)) {
    putText(pdf, line, style, x, below);
    below += style.leading;
  }
  return below;
}

export function wrap(pdf: Pdf, text: string, style: Style, width: number): string[] {
  return wrapText(text, width, (part) => measureText(pdf, part, style));
}

export function hairline(pdf: Pdf, y: number, from: number = LEFT, to: number = RIGHT, color: string = HAIRLINE): void {
  pdf.lineWidth(0.6).strokeColor(color).moveTo(from, y).lineTo(to, y).stroke();
}
