import { Big } from '#libs/money/decimal.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import type { RowsOfDocument } from '../store/select-rows-of-documents.ts';
import type { Touched } from './verdict.ts';

type Cells = Readonly<Record<string, string | null>>;

/** Every row beside a document that does not say what the document says. Pure. */
export function rowFaults(document: InvoiceDocument, rows: RowsOfDocument): Touched[] {
  const { lines, columns } = expected(document);
  return [
    ...cellFaults('invoices', document, columns, rows.columns),
    ...lineFaults(document, lines, rows.lines),
    ...pdfFault(document, rows),
    ...voidingFault(document, rows),
  ];
}

function expected(document: InvoiceDocument) {
  const { corrects, replaces, settlement } = document;
  const columns: Cells = {
    id: document.id,
    kind: document.kind,
    series: document.series,
    series_number: String(document.series_number),
    number: document.number,
    issue_date: document.issue_date,
    due_date: document.due_date,
    currency: document.currency,
    subtotal: document.subtotal,
    tax_total: document.tax_total,
    total: document.total,
    amount_due: document.amount_due,
    offset: settlement?.offset ?? '0',
    corrects: corrects?.id ?? null,
    replaces: replaces?.id ?? null,
  };
  const lines = document.lines.map(
    (line): Cells => ({
      position: String(line.position),
      subscription_id: line.subscription_id ?? null,
      charge_key: line.charge_key ?? null,
      kind: line.kind,
      description: line.description,
      service_from: seconds(line.service_from),
      service_to: seconds(line.service_to),
      quantity: line.quantity,
      amount: line.amount,
      discount: line.discount,
      net: line.net,
      meter_id: line.evidence === undefined ? null : String(line.evidence.meter_id),
      usage_quantity: line.evidence?.quantity ?? null,
      event_count: line.evidence?.event_count ?? null,
      digest: line.evidence?.digest ?? null,
    }),
  );
  return { columns, lines };
}

const seconds = (instant: string | undefined): string | null =>
  instant === undefined ? null : new Big(String(Date.parse(instant))).div('1000').toFixed();

function lineFaults(document: InvoiceDocument, said: readonly Cells[], stored: readonly Cells[]): Touched[] {
  const table = 'invoice_lines';
  const byPosition = new Map(stored.map((row) => [row.position, row]));
  const faults: Touched[] = [];
  for (const row of said) {
    const position = Number(row.position);
    const other = byPosition.get(row.position as string);
    byPosition.delete(row.position as string);
    if (other) faults.push(...cellFaults(table, document, row, other, position));
    else faults.push({ table, document: document.number, position, reason: 'the row is not there' });
  }
  for (const position of byPosition.keys())
    faults.push({
      table,
      document: document.number,
      position: Number(position),
      reason: 'the document has no such line',
    });
  return faults;
}

function cellFaults(
  table: Touched['table'],
  document: InvoiceDocument,
  said: Cells,
  stored: Cells,
  position?: number,
): Touched[] {
  return Object.entries(said)
    .filter(([name, value]) => !isSame(value, stored[name] ?? null))
    .map(([name, value]) => ({
      table,
      document: document.number,
      ...(position !== undefined && { position }),
      reason: `${name} is ${text(stored[name] ?? null)}, where the document says ${text(value)}`,
    }));
}

const text = (value: string | null): string => (value === null ? 'nothing' : JSON.stringify(value));

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** Decimals by value: a column may hold other zeros. */
function isSame(a: string | null, b: string | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && DECIMAL.test(a) && DECIMAL.test(b) && new Big(a).eq(b);
}

function pdfFault(document: InvoiceDocument, { pdfs }: RowsOfDocument): Touched[] {
  return pdfs
    .filter(({ sha256, actual }) => sha256 !== actual)
    .map(() => ({
      table: 'invoice_pdfs',
      document: document.number,
      reason: 'the bytes are not those of the stored hash',
    }));
}

function voidingFault(document: InvoiceDocument, { voiding }: RowsOfDocument): Touched[] {
  if (voiding === null) return [];
  const fault = (reason: string): Touched[] => [{ table: 'invoice_voidings', document: document.number, reason }];
  if (voiding.noteCorrects !== document.id)
    return fault('the credit note that it names does not correct this document');
  return voiding.noteReason === voiding.reason ? [] : fault('its reason is not that of the credit note');
}
