import type { Request, Response } from 'express';
import { z } from 'zod';
import { customerKeySchema } from '#libs/catalog/fields.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { decodeCursor, encodeCursor } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import {
  type ExportFilter,
  type ExportPosition,
  selectExportedInvoices,
} from '#libs/invoicing/store/select-exported-invoices.ts';
import { selectHeadsInOrder } from '#libs/invoicing/store/select-heads-in-order.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { type CsvColumn, csvHeader, csvRows } from '../exports/csv-rows.ts';
import { exportFormat, formatQuery, MEDIA_TYPES } from '../exports/export-format.ts';
import { INVOICE_COLUMNS, invoiceJson } from '../exports/invoice-export.ts';
import { LINE_COLUMNS, lineJson } from '../exports/line-export.ts';
import { streamExport } from '../exports/stream-export.ts';
import { idSchema } from '../fields.ts';
import { presentHead } from '../present-head.ts';

const cursorQuery = {
  cursor: z.string().max(2000).optional().describe('Of the last row that arrived: goes on behind it'),
};
const exportQuery = z.strictObject({
  ...formatQuery,
  ...cursorQuery,
  kind: z.enum(['invoice', 'credit_note']).optional().describe('Both if left out'),
  customer: customerKeySchema.optional().describe('Only of the customer with this key'),
  document: idSchema.optional().describe('Only this invoice or credit note'),
  issued_from: z.iso.date().optional().describe('First date of issue'),
  issued_to: z.iso.date().optional().describe('Last date of issue, inclusive'),
});
type ExportQuery = z.output<typeof exportQuery>;

const positionSchema = z.tuple([z.string(), z.iso.date(), z.int()]);
const linePositionSchema = z.tuple([z.string(), z.iso.date(), z.int(), z.int()]);

/** Documents read at once: each portion is a transaction of its own, since finalized documents do not change between two. */
const PORTION = 200;
const HEADS = 1000;

interface ExportCall {
  readonly organizationId: number;
  readonly query: ExportQuery;
  readonly request: Request;
  readonly response: Response;
  readonly checkKey: () => Promise<void>;
}

/** All of an organization's documents, of any number, as a stream. Each row says where to go on behind it. */
export const exportRoutes = ({ pool, now }: Pick<ApiDependencies, 'pool' | 'now'>): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/v1/exports/invoices',
    scope: 'read',
    summary:
      'Invoices and credit notes as CSV or NDJSON, in the order of their series; NDJSON holds what "tollbook verify" needs',
    query: exportQuery,
    response: 'binary',
    handler: (call) =>
      sendRows(call, INVOICE_COLUMNS, invoiceJson, async function* () {
        const after = decodeCursor(call.query.cursor, positionSchema);
        for await (const invoices of portions(pool, call, after))
          yield invoices.map((invoice) => ({
            organizationId: call.organizationId,
            invoice,
            cursor: encodeCursor(placeOf(invoice)),
          }));
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/exports/invoice-lines',
    scope: 'read',
    summary: 'Lines of invoices and credit notes as CSV or NDJSON, in the order of their documents',
    query: exportQuery,
    response: 'binary',
    handler: (call) =>
      sendRows(call, LINE_COLUMNS, lineJson, async function* () {
        const [series, date, number, position] = decodeCursor(call.query.cursor, linePositionSchema) ?? [];
        // The document of the last row is read once more, for the rest of its lines.
        const after = series === undefined ? undefined : ([series, date, (number as number) - 1] as ExportPosition);
        const isBehind = (invoice: StoredInvoice, line: number) =>
          invoice.document.series !== series ||
          invoice.document.issue_date !== date ||
          invoice.document.series_number !== number ||
          line > (position as number);
        for await (const invoices of portions(pool, call, after))
          yield invoices.flatMap((invoice) =>
            invoice.document.lines
              .filter((line) => isBehind(invoice, line.position))
              .map((line) => ({ invoice, line, cursor: encodeCursor([...placeOf(invoice), line.position]) })),
          );
      }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/exports/chain-heads',
    scope: 'read',
    summary: 'Signed ends of chains as NDJSON, in the order of the documents: what "tollbook verify --heads" reads',
    query: z.strictObject(cursorQuery),
    response: 'binary',
    async handler({ organizationId, query, response, checkKey }) {
      let after: ExportPosition | undefined = decodeCursor(query.cursor, positionSchema);
      // Whoever asks for the documents behind this finds one for each of these heads, however long both take.
      const until = new Date(now());
      const rows = async function* () {
        for (;;) {
          const heads = await inOrganization(pool, organizationId, (tx) =>
            selectHeadsInOrder(tx, organizationId, { after, until, limit: HEADS }),
          );
          const last = heads.at(-1);
          if (last === undefined) return;
          after = [last.series, last.issue_date, last.series_number];
          yield ndjson(heads.map((head) => ({ ...presentHead(head), cursor: encodeCursor(headPlace(head)) })));
          await checkKey();
        }
      };
      await streamExport(response, MEDIA_TYPES.ndjson, rows());
      return {};
    },
  }),
];

async function sendRows<Row>(
  { query, request, response }: ExportCall,
  columns: readonly CsvColumn<Row>[],
  toJson: (row: Row) => unknown,
  read: () => AsyncGenerator<Row[]>,
): Promise<Record<string, never>> {
  const format = exportFormat(query.format, request);
  const texts = async function* () {
    // With the first rows and not before them: until then a refusal can be answered as one.
    let header = format === 'csv' ? csvHeader(columns) : '';
    for await (const rows of read()) {
      yield header + (format === 'csv' ? csvRows(columns, rows) : ndjson(rows.map(toJson)));
      header = '';
    }
    if (header !== '') yield header;
  };
  await streamExport(response, MEDIA_TYPES[format], texts());
  return {};
}

async function* portions(
  pool: Pool,
  { organizationId, query, checkKey }: ExportCall,
  begin: ExportPosition | undefined,
): AsyncGenerator<StoredInvoice[]> {
  let after = begin;
  const filter = await filterOf(pool, organizationId, query);
  if (filter === null) return;
  for (;;) {
    const invoices = await inOrganization(pool, organizationId, (tx) =>
      selectExportedInvoices(tx, organizationId, { ...filter, after }, PORTION),
    );
    const last = invoices.at(-1);
    if (last === undefined) return;
    after = placeOf(last);
    yield invoices;
    if (invoices.length < PORTION) return;
    await checkKey();
  }
}

/** Null: there is no such customer. */
async function filterOf(pool: Pool, organizationId: number, query: ExportQuery): Promise<ExportFilter | null> {
  const { customer: key, kind, document: id, issued_from: issuedFrom, issued_to: issuedTo } = query;
  const filter = { kind, id, issuedFrom, issuedTo };
  if (key === undefined) return filter;
  const customer = await inOrganization(pool, organizationId, (tx) => selectCustomerByKey(tx, organizationId, key));
  return customer && { ...filter, customerId: customer.id };
}

const placeOf = ({ document }: StoredInvoice): ExportPosition => [
  document.series,
  document.issue_date,
  document.series_number,
];

const headPlace = (head: { series: string; issue_date: string; series_number: number }): ExportPosition => [
  head.series,
  head.issue_date,
  head.series_number,
];

const ndjson = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
