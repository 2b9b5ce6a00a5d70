import type { Pool } from '#libs/database/pool.ts';
import { inTransaction, type Transaction } from '#libs/database/transaction.ts';
import type { ChainedDocument } from '../chain/verify-chain.ts';
import { isPageOf } from '../pages/is-page-of.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { selectBrokenSeries } from '../store/select-broken-series.ts';
import { type ExportPosition, selectExportedInvoices } from '../store/select-exported-invoices.ts';
import { selectHeadsInOrder } from '../store/select-heads-in-order.ts';
import { type RowsOfDocument, selectRowsOfDocuments } from '../store/select-rows-of-documents.ts';
import { selectStrayRow } from '../store/select-stray-row.ts';
import { rowFaults } from './row-faults.ts';
import type { Touched, Verdict } from './verdict.ts';
import { type HeadWithKey, verifyDocuments } from './verify-documents.ts';

const PORTION = 200;
const FOREVER = new Date('9999-12-31T00:00:00Z');

export interface VerifyDatabaseOptions {
  readonly organizationId: number;
  readonly trusted?: ReadonlySet<string> | undefined;
  /** Instead of those that the database holds: what an auditor kept. */
  readonly heads?: AsyncIterable<HeadWithKey> | undefined;
  /** Whether to draw pages again; else only the bytes are held against their hash. */
  readonly redraw: boolean;
  readonly onDocument?: ((seen: number) => void) | undefined;
}

/**
 * Holds all finalized rows of an organization against their documents, and these against chain and heads, in one snapshot and portion by portion.
 * `pool`: of a role that sees all rows.
 */
export function verifyDatabase(pool: Pool, options: VerifyDatabaseOptions): Promise<Verdict> {
  return inTransaction(
    pool,
    async (tx) => {
      await tx.query('SET LOCAL statement_timeout = 0');
      await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      return verifyIn(tx, options);
    },
    'REPEATABLE READ READ ONLY',
  );
}

async function verifyIn(tx: Transaction, options: VerifyDatabaseOptions): Promise<Verdict> {
  const { organizationId, trusted, redraw, onDocument } = options;
  const rows = new Map<string, RowsOfDocument>();
  const verdict = await verifyDocuments({
    documents: documentsOf(tx, organizationId, rows),
    heads: options.heads ?? headsOf(tx, organizationId),
    organization: organizationId,
    trusted,
    onDocument,
    look: (entry) => lookAtRows(entry, rows, redraw),
  });
  if (!verdict.ok) return verdict;
  const touched = (await strayRow(tx, organizationId)) ?? (await brokenSeries(tx, organizationId));
  return touched ? { ok: false, touched } : verdict;
}

async function* documentsOf(
  tx: Transaction,
  organizationId: number,
  rows: Map<string, RowsOfDocument>,
): AsyncGenerator<StoredInvoice> {
  for (let after: ExportPosition | undefined; ; ) {
    const invoices: StoredInvoice[] = await selectExportedInvoices(tx, organizationId, { after }, PORTION);
    const last = invoices.at(-1);
    if (last === undefined) return;
    const ids = invoices.map(({ id }) => id);
    rows.clear();
    for (const [id, row] of await selectRowsOfDocuments(tx, organizationId, ids)) rows.set(id, row);
    // By the columns, not by what the documents say: those may have been touched.
    const { series, issue_date: date, series_number: number } = rows.get(last.id)?.columns ?? {};
    after = [series as string, date as string, Number(number)];
    yield* invoices;
  }
}

async function* headsOf(tx: Transaction, organizationId: number): AsyncGenerator<HeadWithKey> {
  for (let after: ExportPosition | undefined; ; ) {
    const page: HeadWithKey[] = await selectHeadsInOrder(tx, organizationId, { after, until: FOREVER, limit: 1000 });
    const last = page.at(-1);
    if (last === undefined) return;
    after = [last.series, last.issue_date, last.series_number];
    yield* page;
  }
}

async function lookAtRows(
  entry: ChainedDocument,
  rows: ReadonlyMap<string, RowsOfDocument>,
  redraw: boolean,
): Promise<Touched | null> {
  const { document } = entry;
  const beside = rows.get(document.id);
  if (beside === undefined)
    return { table: 'invoices', document: document.number, reason: 'it is not stored under its id' };
  const [first] = rowFaults(document, beside);
  if (first) return first;
  for (const pdf of redraw ? beside.pdfs : [])
    if ((await isPageOf(entry, pdf)) === false)
      return {
        table: 'invoice_pdfs',
        document: document.number,
        reason: 'the page is not the one that the document makes',
      };
  return null;
}

async function strayRow(tx: Transaction, organizationId: number): Promise<Touched | null> {
  const stray = await selectStrayRow(tx, organizationId);
  return stray && { table: stray.table, document: stray.invoiceId, reason: 'its document is not there' };
}

async function brokenSeries(tx: Transaction, organizationId: number): Promise<Touched | null> {
  const [broken] = await selectBrokenSeries(tx, organizationId);
  if (!broken) return null;
  const { series, lastNumber, documentNumber } = broken;
  const last = documentNumber === lastNumber ? 'has another hash' : `is number ${documentNumber ?? 'none'}`;
  return {
    table: 'invoice_series',
    document: `${series} ${lastNumber}`,
    reason: `the series says that it ends with number ${lastNumber}; its last document ${last}`,
  };
}
