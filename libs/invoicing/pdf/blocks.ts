import {
  CONTENT_WIDTH,
  hairline,
  measureFigure,
  measureText,
  putFigure,
  putLines,
  putText,
  RIGHT,
  type Sheet,
  STYLES,
  type Style,
  wrap,
} from './typesetting.ts';

/** A part of the page whose height is known before it is set, so that it is never broken by a page's end. */
export interface Block {
  readonly height: number;
  /** Sets it below y. */
  readonly put: (y: number) => void;
}

/** Points between parts. */
export const SPACE = 18;
export const FIGURES_WIDTH = 236;
const ROW = 19;
const LABEL_GAP = 40;
const WIDEST_LABEL = 300;

export interface Paragraph {
  readonly text: string;
  readonly style: Style;
}

/** Texts one below the other, each wrapped to the width. */
export function paragraphs(sheet: Sheet, texts: readonly Paragraph[], x: number, width: number): Block {
  const wrapped = texts.map(({ text, style }) => ({ style, lines: wrap(text, style, width) }));
  return {
    height: wrapped.reduce((sum, { lines, style }) => sum + lines.length * style.leading, 0),
    put(y) {
      wrapped.reduce((at, { lines, style }) => putLines(sheet, lines, style, x, at), y);
    },
  };
}

export interface FigureRow {
  readonly label: string;
  readonly value: string;
  readonly isStrong?: boolean;
}

/** Rows of label and figure with hairlines between them, set against the right margin. `left` is where they begin. */
export function figureRows(sheet: Sheet, rows: readonly FigureRow[]): Block & { readonly left: number } {
  const laid = rows.map(({ label, value, isStrong }) => {
    const style: Style = isStrong === true ? STYLES.strong : STYLES.body;
    const width = measureFigure(value, style);
    const lines = wrap(label, style, Math.max(60, Math.min(WIDEST_LABEL, CONTENT_WIDTH - LABEL_GAP - width)));
    return { lines, value, style, width, height: ROW + (lines.length - 1) * style.leading };
  });
  const widest = laid.map(
    ({ lines, style, width }) => Math.max(...lines.map((line) => measureText(line, style))) + LABEL_GAP + width,
  );
  const left = RIGHT - Math.max(FIGURES_WIDTH, ...widest);
  return {
    left,
    height: laid.reduce((sum, row) => sum + row.height, SPACE),
    put(y) {
      let at = y;
      for (const [index, { lines, value, style, height }] of laid.entries()) {
        if (index > 0) hairline(sheet, at, { from: left });
        const text = at + (ROW - style.leading) / 2;
        for (const [line, label] of lines.entries()) putText(sheet, label, style, left, text + line * style.leading);
        putFigure(sheet, value, style, RIGHT, text);
        at += height;
      }
    },
  };
}
