import { parse } from 'csv-parse/sync';
import { CommandError } from '../errors.ts';
import { type Line, MAX_LINE_BYTES } from './read-lines.ts';

/** A row of CSV, over as many lines as its quotes hold open. */
export type CsvRow = { readonly line: number; readonly text: string } & (
  | { readonly cells: readonly string[] }
  | { readonly fault: string }
);

interface Open {
  readonly line: number;
  text: string;
  isQuoteOpen: boolean;
  fault?: string;
}

/**
 * Joins lines to rows and rows to cells. Where a row ends is decided by counting quotes, so a row that is wrong inside does not
 * carry the next ones with it. Only a quote that never closes ends the reading: what lies behind it could be anything.
 * @throws CommandError then, naming the line.
 */
export async function* readCsvRows(pages: AsyncIterable<readonly Line[]>): AsyncGenerator<CsvRow[]> {
  let open: Open | undefined;
  for await (const lines of pages) {
    const rows: Open[] = [];
    for (const line of lines) {
      if (!open && line.fault === undefined && line.text === '') continue;
      const row: Open = open ?? { line: line.number, text: '', isQuoteOpen: false };
      row.text = open ? `${row.text}\n${line.text}` : line.text;
      // Whether its quotes close is unknown, and with that where the next row begins.
      if (line.isTooLong) throw endOfReading(row.line, `the row is ${line.fault}`);
      if (line.fault !== undefined) row.fault ??= line.fault;
      if (hasOddQuotes(line.text)) row.isQuoteOpen = !row.isQuoteOpen;
      open = row.isQuoteOpen ? row : undefined;
      if (!open) rows.push(row);
      else if (row.text.length > MAX_LINE_BYTES)
        throw endOfReading(row.line, `a quote opens in this row and does not close within ${MAX_LINE_BYTES} bytes`);
    }
    if (rows.length > 0) yield toCells(rows);
  }
  if (open) throw endOfReading(open.line, 'a quote opens in this row and does not close before the end of the file');
}

function endOfReading(line: number, why: string): CommandError {
  return new CommandError(`line ${line}: ${why}. Nothing was sent: correct it and import again.`);
}

function hasOddQuotes(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 1;
}

function toCells(rows: readonly Open[]): CsvRow[] {
  const readable = rows.filter((row) => row.fault === undefined);
  const together = tryParse(readable.map(({ text }) => text).join('\n'));
  let at = 0;
  return rows.map(({ line, text, fault }): CsvRow => {
    if (fault !== undefined) return { line, text, fault };
    const result = 'rows' in together ? { rows: [together.rows[at++] as string[]] } : tryParse(text);
    if ('fault' in result) return { line, text, fault: result.fault };
    return { line, text, cells: result.rows[0] as string[] };
  });
}

function tryParse(text: string): { rows: string[][] } | { fault: string } {
  try {
    return { rows: parse(text, { record_delimiter: '\n', relax_column_count: true, skip_empty_lines: false }) };
  } catch (error) {
    return { fault: describe(error as Error & { code?: string }) };
  }
}

/** csv-parse counts lines of what it was given, which is not the file. */
function describe(error: Error & { code?: string }): string {
  if (error.code === 'CSV_INVALID_CLOSING_QUOTE')
    return 'no CSV: text follows a closing quote; a quote inside a quoted cell must be doubled ("")';
  if (error.code === 'INVALID_OPENING_QUOTE')
    return 'no CSV: a quote stands inside an unquoted cell; quote the whole cell and double the quote ("")';
  return `no CSV: ${error.message}`;
}
