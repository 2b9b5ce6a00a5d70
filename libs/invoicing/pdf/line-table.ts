import type { Messages } from './messages.ts';
import { type Figures, type TableRow, tableRows } from './table-rows.ts';
import {
  CONTENT_BOTTOM,
  hairline,
  INK,
  LEFT,
  measureFigure,
  measureText,
  putFigure,
  putText,
  RIGHT,
  type Sheet,
  STYLES,
  type Style,
  wrap,
} from './typesetting.ts';

const GUTTER = 18;
const POSITION_GAP = 9;
const DESCRIPTION_MINIMUM = 150;
const STEP_INDENT = 12;
const PADDING = 5.5;
const STEP_GAP = 3;
/** A description longer than this is broken over pages; others are kept whole. */
const UNBROKEN_LINES = 30;

interface Columns {
  readonly descriptionLeft: number;
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
  readonly position?: string;
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
export function putLineTable(sheet: Sheet, y: number, reserve: number, nextPage: () => number): number {
  const { document, messages } = sheet;
  const rows = tableRows(document, messages);
  const heads = headTexts(messages, document.currency);
  const columns = layColumns(rows, heads, messages);
  const blocks = rows.flatMap((row) => rowBlocks(row, columns));
  const first = blocks[0] === undefined ? 0 : height(blocks[0]);
  let at = putHeads(sheet, columns, heads, y + HEAD_HEIGHT + first > CONTENT_BOTTOM ? nextPage() : y);
  if (blocks.length === 0) {
    putText(sheet, messages.noLines, STYLES.label, LEFT, at + PADDING);
    return at + PADDING * 2 + STYLES.label.leading;
  }
  let isFirstOnPage = true;
  for (const [index, block] of blocks.entries()) {
    const needed = height(block) + (index === blocks.length - 1 ? reserve : 0);
    if (at + needed > CONTENT_BOTTOM && !isFirstOnPage) {
      at = putHeads(sheet, columns, heads, nextPage());
      // A row that goes on brings no space of its own above it.
      if (!block.startsRow) at += PADDING;
    }
    at = putBlock(sheet, block, columns, at);
    isFirstOnPage = false;
  }
  return at;
}

const HEAD_HEIGHT = STYLES.quiet.leading + 6;

function putHeads(sheet: Sheet, columns: Columns, heads: Figures, y: number): number {
  putText(sheet, sheet.messages.position, STYLES.quiet, LEFT, y);
  putText(sheet, sheet.messages.description, STYLES.quiet, columns.descriptionLeft, y);
  putFigures(sheet, heads, STYLES.quiet, columns, y);
  hairline(sheet, y + HEAD_HEIGHT, { color: INK });
  return y + HEAD_HEIGHT;
}

function headTexts(messages: Messages, currency: string): Figures {
  return { quantity: messages.quantity, unitPrice: messages.unitPrice(currency), amount: messages.amount(currency) };
}

/** Columns as wide as their widest figure; the description gets the rest. */
function layColumns(rows: readonly TableRow[], heads: Figures, messages: Messages): Columns {
  const widest = (column: keyof Figures): number =>
    largest([
      measureText(heads[column], STYLES.quiet),
      ...rows.map((row) => measureFigure(row.figures[column], STYLES.body)),
      ...rows.flatMap((row) => row.steps.map((step) => measureFigure(step.figures[column], STYLES.quiet))),
    ]);
  const natural = { quantity: widest('quantity'), unitPrice: widest('unitPrice'), amount: widest('amount') };
  const positions = [
    measureText(messages.position, STYLES.quiet),
    ...rows.map((row) => measureFigure(row.position, STYLES.quiet)),
  ];
  const descriptionLeft = LEFT + largest(positions) + POSITION_GAP;
  const room = RIGHT - descriptionLeft - DESCRIPTION_MINIMUM - 3 * GUTTER;
  const scale = Math.min(1, room / (natural.quantity + natural.unitPrice + natural.amount));
  const unitPrice = RIGHT - natural.amount * scale - GUTTER;
  const quantity = unitPrice - natural.unitPrice * scale - GUTTER;
  const descriptionWidth = quantity - natural.quantity * scale - GUTTER - descriptionLeft;
  return { descriptionLeft, descriptionWidth, right: { quantity, unitPrice, amount: RIGHT }, scale };
}

/** Of any number of figures: as arguments of Math.max they would be too many. */
const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);

/** A line's own row with its first step is one block, each further step another: long workings may go over a page's end. */
function rowBlocks(row: TableRow, columns: Columns): Block[] {
  const typeLines = (text: string, style: Style, indent: number, gap: number, values?: Figures): TypeLine[] =>
    wrap(text, style, columns.descriptionWidth - indent).map((line, index) => ({
      text: line,
      style,
      indent,
      gap: index === 0 ? gap : 0,
      ...(index === 0 && values !== undefined
        ? { figures: { values, style: indent === 0 ? STYLES.body : STYLES.quiet } }
        : {}),
    }));
  const [first, ...others] = typeLines(row.description, STYLES.body, 0, 0, row.figures);
  const head = [
    { ...(first as TypeLine), position: row.position },
    ...others,
    ...(row.detail === '' ? [] : typeLines(row.detail, STYLES.quiet, 0, 0)),
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

function putBlock(sheet: Sheet, block: Block, columns: Columns, y: number): number {
  let at = y + (block.startsRow ? PADDING : 0);
  for (const line of block.lines) {
    at += line.gap;
    if (line.position !== undefined)
      putFigure(sheet, line.position, STYLES.quiet, columns.descriptionLeft - POSITION_GAP, at + 1);
    putText(sheet, line.text, line.style, columns.descriptionLeft + line.indent, at);
    if (line.figures !== undefined) putFigures(sheet, line.figures.values, line.figures.style, columns, at);
    at += line.style.leading;
  }
  if (!block.endsRow) return at;
  hairline(sheet, at + PADDING);
  return at + PADDING;
}

function putFigures(sheet: Sheet, figures: Figures, style: Style, columns: Columns, y: number): void {
  const scaled = { ...style, size: style.size * columns.scale };
  for (const column of ['quantity', 'unitPrice', 'amount'] as const) {
    putFigure(sheet, figures[column], scaled, columns.right[column], y);
  }
}
