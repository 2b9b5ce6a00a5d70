import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { chainFault } from '../chain/chain-fault.ts';
import { headFault } from '../chain/head-fault.ts';
import { isPageOf } from '../pages/is-page-of.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { selectChainBefore } from '../store/select-chain-before.ts';
import type { StoredHead } from '../store/select-chain-heads.ts';
import { selectHeadCovering } from '../store/select-head-covering.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import { type RowOfPdf, selectRowsOfDocuments } from '../store/select-rows-of-documents.ts';
import { rowFaults } from './row-faults.ts';

export interface Check {
  readonly name: 'chain' | 'signature' | 'columns' | 'lines' | 'voiding' | 'pdf' | 'buyer';
  readonly ok: boolean;
  readonly detail: string;
}

/** Everything that can be told of one document by itself and the one before it. Null: there is none. The page is drawn again outside of the transaction. */
export async function verifyOne(pool: Pool, organizationId: number, id: string): Promise<Check[] | null> {
  const found = await inOrganization(
    pool,
    organizationId,
    async (tx) => {
      const invoice = await selectInvoice(tx, organizationId, id);
      if (invoice === null) return null;
      const { series, issue_date: issueDate, series_number: number } = invoice.document;
      return {
        invoice,
        before: await selectChainBefore(tx, organizationId, id),
        head: await selectHeadCovering(tx, organizationId, { series, issueDate, number }),
        rows: (await selectRowsOfDocuments(tx, organizationId, [id])).get(id),
      };
    },
    'REPEATABLE READ READ ONLY',
  );
  if (found?.rows === undefined) return null;
  const { invoice, before, head, rows } = found;
  const faults = rowFaults(invoice.document, rows);
  const rowsOf = (name: Check['name'], table: string): Check => {
    const own = faults.filter((fault) => fault.table === table);
    const said = own.map(({ position, reason }) => (position === undefined ? reason : `line ${position}: ${reason}`));
    return { name, ok: own.length === 0, detail: said.join('; ') || 'they say what the document says' };
  };
  const chain = chainFault(invoice, before);
  return [
    { name: 'chain', ok: chain === null, detail: chain ?? 'its hash covers its content and the document before it' },
    signature(invoice, head),
    rowsOf('columns', 'invoices'),
    rowsOf('lines', 'invoice_lines'),
    rowsOf('voiding', 'invoice_voidings'),
    await pages(invoice, rows.pdfs),
    buyer(invoice),
  ];
}

function signature({ document, hash }: StoredInvoice, head: StoredHead | null): Check {
  const check = (ok: boolean, detail: string): Check => ({ name: 'signature', ok, detail });
  if (head === null)
    return check(true, 'not signed yet: heads are signed some seconds later, if there is a signing key');
  const fault = headFault(head, head.publicKey);
  if (fault !== null) return check(false, `the head that covers it: ${fault}`);
  if (head.issue_date !== document.issue_date || head.series_number !== document.series_number)
    return check(
      true,
      `covered by the head of number ${head.series_number}, signed at ${head.signed_at}; "tollbook verify" walks there`,
    );
  return head.hash === hash.toString('hex')
    ? check(true, `signed at ${head.signed_at} by the key ${head.key_id}`)
    : check(false, `another hash was signed at ${head.signed_at}`);
}

async function pages(invoice: StoredInvoice, pdfs: readonly RowOfPdf[]): Promise<Check> {
  const checks: Check[] = [];
  for (const pdf of pdfs) checks.push(await page(invoice, pdf));
  const failed = checks.filter(({ ok }) => !ok);
  const details = (failed.length > 0 ? failed : checks).map(({ detail }) => detail);
  return { name: 'pdf', ok: failed.length === 0, detail: details.join('; ') || 'not rendered yet' };
}

async function page(invoice: StoredInvoice, pdf: RowOfPdf): Promise<Check> {
  const check = (ok: boolean, detail: string): Check => ({ name: 'pdf', ok, detail });
  if (pdf.actual !== pdf.sha256) return check(false, 'the bytes are not those of the stored hash');
  const drawn = await isPageOf(invoice, pdf);
  if (drawn === null)
    return check(true, `the bytes are those of the stored hash; renderer ${pdf.rendererVersion} drew them`);
  return drawn
    ? check(true, 'drawn again, the page has the same bytes')
    : check(false, 'the page is not the one that the document makes');
}

const buyer = ({ document }: StoredInvoice): Check => ({
  name: 'buyer',
  ok: true,
  detail:
    'redacted' in document.buyer ? 'redacted: personal data was erased, its digest is in the hash' : 'as it was billed',
});
