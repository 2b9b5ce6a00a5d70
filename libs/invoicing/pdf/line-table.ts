import type { InvoiceDocument } from '../document.ts';
import { messages } from './messages.ts';
import { type Figures, type TableRow, tableRows } from './table-rows.ts';
import {
  CONTENT_BOTTOM,
  CONTENT_WIDTH,
  hairline,
  LEFT,
  measureFigure,
  measureText,
  type Pdf,
  putFigure,
  putText,
  RIGHT,
  STYLES,
  type Style,
  wrap,
} from './typesetting.ts';

const GUTTER = 18;
const DESCRIPTION_MINIMUM = 150;
const STEP_INDENT = 12;
const PADDING = 6.5;
const STEP_GAP = 3;
/** A description longer than this is broken over pages; others are kept whole. */
const UNBROKEN_LINES = 30;

interface Columns {
  readonly descriptionWidth: number;
  readonly right: Readonly<Record<keyof Figures, number>>;
  /** Below 1 where figures are so long that they would leave no room for the description. */
  readonly scale: number;
}

/** One line of type: text on the left, figures in their columns. */
interface TypeLine {
  readonly text: string;
  readonly style: Style;
  readonly indent: number;
  readonly gap: number;
  readonly figures?: { readonly values: Figures; readonly style: Style };
}

/** Lines of type that stay on one page. */
interface Block {
  readonly lines: readonly TypeLine[];
  readonly startsRow: boolean;
  readonly endsRow: boolean;
}

/**
 * Sets the table of lines from y on and returns the y below it. Turns the page where a block no longer fits, repeating the heads, and
 * takes the last block along to a new page when what follows the table (`reserve` points) would otherwise stand there alone.
 */
export function putLineTable(
  pdf: Pdf,
  document: InvoiceDocument,
  y: number,
  reserve: number,
  nextPage: () => number,
): number {
  const rows = tableRows(document);
  const columns = layColumns(pdf, rows, document.currency);
  const blocks = rows.flatMap((row) => rowBlocks(pdf, row, columns));
  const first = blocks[0] === undefined ? 0 : height(blocks[0]);
  let at = putHeads(pdf, columns, document.currency, y + HEAD_HEIGHT + first > CONTENT_BOTTOM ? nextPage() : y);
  if (blocks.length === 0) {
    putText(pdf, messages.noLines, STYLES.label, LEFT, at + PADDING);
    return at + PADDING * 2 + STYLES.label.leading;
  }
  let isFirstOnPage = true;
  for (const [index, block] of blocks.entries()) {
    const needed = height(block) + (index === blocks.length - 1 ? reserve : 0);
    if (at + needed > CONTENT_BOTTOM && !isFirstOnPage) {
      at = putHeads(pdf, columns, document.currency, nextPage());
      // A row that goes on brings no space of its own above it.
      if (!block.startsRow) at += PADDING;
    }
    at = putBlock(pdf, block, columns, at);
    isFirstOnPage = false;
  }
  return at;
}

const HEAD_HEIGHT = STYLES.quiet.leading + 6;

function putHeads(pdf: Pdf, columns: Columns, currency: string, y: number): number {
  const heads = headTexts(currency);
  putText(pdf, messages.description, STYLES.quiet, LEFT, y);
  putFigures(pdf, heads, STYLES.quiet, columns, y);
  hairline(pdf, y + HEAD_HEIGHT, LEFT, RIGHT, '#16181d');
  return y + HEAD_HEIGHT;
}

function headTexts(currency: string): Figures {
  return { quantity: messages.quantity, unitPrice: messages.unitPrice(currency), amount: messages.amount(currency) };
}

/** Columns as wide as their widest figure; the description gets the rest. */
function layColumns(pdf: Pdf, rows: readonly TableRow[], currency: string): Columns {
  const widest = (column: keyof Figures): number =>
    Math.max(
      measureText(pdf, headTexts(currency)[column], STYLES.quiet),
      ...rows.map((row) => measureFigure(pdf, row.figures[column], STYLES.body)),
      ...rows.flatMap((row) => row.steps.map((step) => measureFigure(pdf, step.figures[column], STYLES.quiet))),
    );
  const natural = { quantity: widest('quantity'), unitPrice: widest('unitPrice'), amount: widest('amount') };
  const room = CONTENT_WIDTH - DESCRIPTION_MINIMUM - 3 * GUTTER;
  const scale = Math.min(1, room / (natural.quantity + natural.unitPrice + natural.amount));
  const unitPrice = RIGHT - natural.amount * scale - GUTTER;
  const quantity = unitPrice - natural.unitPrice * scale - GUTTER;
  const descriptionWidth = quantity - natural.quantity * scale - GUTTER - LEFT;
  return { descriptionWidth, right: { quantity, unitPrice, amount: RIGHT }, scale };
}

/** A line's own row with its first step is one block, each further step another: long workings may go over a page's end. */
function rowBlocks(pdf: Pdf, row: TableRow, columns: Columns): Block[] {
  const typeLines = (text: string, style: Style, indent: number, gap: number, values?: Figures): TypeLine[] =>
    wrap(pdf, text, style, columns.descriptionWidth - indent).map((line, index) => ({
      text: line,
      style,
      indent,
      gap: index === 0 ? gap : 0,
      ...(index === 0 && values !== undefined
        ? { figures: { values, style: indent === 0 ? STYLES.body : STYLES.quiet } }
        : {}),
    }));
  const head = [
    ...typeLines(row.description, STYLES.body, 0, 0, row.figures),
    ...typeLines(row.detail, STYLES.quiet, 0, 0),
  ];
  const steps = row.steps.map((step, index) =>
    typeLines(step.description, STYLES.quiet, STEP_INDENT, index === 0 ? STEP_GAP : 0, step.figures),
  );
  const groups = [[...head, ...(steps[0] ?? [])], ...steps.slice(1)].flatMap(inPieces);
  return groups.map((lines, index) => ({ lines, startsRow: index === 0, endsRow: index === groups.length - 1 }));
}

function inPieces(lines: readonly TypeLine[]): TypeLine[][] {
  const pieces: TypeLine[][] = [];
  for (let start = 0; start < lines.length; start += UNBROKEN_LINES)
    pieces.push(lines.slice(start, start + UNBROKEN_LINES));
  return pieces;
}

function height(block: Block): number {
  const type = block.lines.reduce((sum, line) => sum + line.gap + line.style.leading, 0);
  return type + (block.startsRow ? PADDING : 0) + (block.endsRow ? PADDING : 0);
}

function putBlock(pdf: Pdf, block: Block, columns: Columns, y: number): number {
  let at = y + (block.startsRow ? PADDING : 0);
  for (const line of block.lines) {
    at += line.gap;
    putText(pdf, line.text, line.style, LEFT + line.indent, at);
    if (line.figures !== undefined) putFigures(pdf, line.figures.values, line.figures.style, columns, at);
    at += line.style.leading;
  }
  if (!block.endsRow) return at;
  hairline(pdf, at + PADDING);
  return at + PADDING;
}

function putFigures(pdf: Pdf, figures: Figures, style: Style, columns: Columns, y: number): void {
  const scaled = { ...style, size: style.size * columns.scale };
  for (const column of ['quantity', 'unitPrice', 'amount'] as const) {
    putFigure(pdf, figures[column], scaled, columns.right[column], y);
  }
}
