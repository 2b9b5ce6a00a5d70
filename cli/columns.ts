import { styleText } from 'node:util';

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string | number | null | undefined;
  /** Figures stand at the right. */
  readonly right?: true;
}

/** Rows under their titles, which are bold on a terminal. What is missing is a dash. */
export function columnsText<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  stream?: NodeJS.WriteStream,
): string {
  const cells = rows.map((row) => columns.map(({ of }) => cellText(of(row))));
  const titles = columns.map(({ title }) => title);
  const widths = titles.map((title, at) => Math.max(title.length, ...cells.map((row) => (row[at] as string).length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (columns[at]?.right ? cell.padStart(widths[at] as number) : cell.padEnd(widths[at] as number)))
      .join('  ')
      .trimEnd();
  const head = line(titles);
  return `${[stream ? styleText('bold', head, { stream }) : head, ...cells.map(line)].join('\n')}\n`;
}

/** Names and values beneath one another; what is null is left out. */
export function fieldsText(fields: readonly (readonly [name: string, value: unknown])[]): string {
  const shown = fields.flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value.join(', ') : value;
    return text === null || text === undefined || text === '' ? [] : [[name, visible(String(text))] as const];
  });
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join('');
}

const cellText = (value: string | number | null | undefined): string =>
  value === null || value === undefined || value === '' ? '-' : visible(String(value));

/** Text of customers and events goes to a terminal: what could steer it is shown, not sent. */
const visible = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (sign) => `\\u${(sign.codePointAt(0) as number).toString(16).padStart(4, '0')}`);

/** An instant without fractions of seconds that are zero. */
export const shortTime = (instant: string): string => instant.replace(/\.0+Z$/, 'Z');
