import { stringify } from 'csv-stringify/sync';

/** A cell: `text` may be anything that someone entered, all else is ours. */
export interface CsvColumn<Row> {
  readonly name: string;
  readonly of: (row: Row) => string | number | null | undefined;
  readonly text?: true;
}

/** A spreadsheet takes a text that begins with one of these for a formula. Full-width forms count as well. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** Rows in RFC 4180. Texts that a spreadsheet would run get an apostrophe before them; numbers stay numbers, negative ones too. */
export function csvRows<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  return stringify(
    rows.map((row) => columns.map((column) => cell(column, row))),
    // A lone \n or \r is the end of a row to many readers.
    { record_delimiter: 'windows', quoted_match: /[\r\n]/ },
  );
}

export const csvHeader = <Row>(columns: readonly CsvColumn<Row>[]): string =>
  stringify([columns.map(({ name }) => name)], { record_delimiter: 'windows' });

function cell<Row>({ of, text }: CsvColumn<Row>, row: Row): string {
  const value = of(row) ?? '';
  return text && typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
}
