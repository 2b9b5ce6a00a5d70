import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { verifyChain } from '#libs/invoicing/chain/verify-chain.ts';
import type { SeriesPlace } from '#libs/invoicing/documents/number.ts';
import { selectChain } from '#libs/invoicing/store/select-chain.ts';
import { LINES_EACH } from './put-customers.ts';

const PAGE = 500;

/**
 * The exit of the benchmark: every customer has one invoice with all its lines, every unit is billed once, numbers are 1 … n and the chain is
 * whole. @throws Error otherwise
 */
export async function verifyRun(owner: Pool, organizationId: number, customers: number): Promise<void> {
  const { rows } = await owner.query<Record<string, number>>(
    `SELECT (SELECT count(*)::integer FROM invoices WHERE organization_id = $1) AS invoices,
            (SELECT count(DISTINCT customer_id)::integer FROM invoices WHERE organization_id = $1) AS customers,
            (SELECT count(*)::integer FROM billed_units WHERE organization_id = $1) AS units,
            (SELECT count(*)::integer FROM invoice_lines WHERE organization_id = $1) AS lines`,
    [organizationId],
  );
  const expected = { invoices: customers, customers, units: customers * LINES_EACH, lines: customers * LINES_EACH };
  if (JSON.stringify(rows[0]) !== JSON.stringify(expected))
    throw new Error(`WRONG: ${JSON.stringify(rows[0])} instead of ${JSON.stringify(expected)}`);
  let after: SeriesPlace | undefined;
  let head: Buffer | undefined;
  for (let seen = 0; seen < customers; ) {
    const page = await inTransaction(owner, (tx) => selectChain(tx, organizationId, 'invoice', { after, limit: PAGE }));
    const verdict = verifyChain(page, head);
    if (!verdict.ok) throw new Error(`WRONG: ${verdict.number}: ${verdict.reason}`);
    const last = page.at(-1)?.document;
    if (last === undefined) throw new Error('WRONG: the chain is cut');
    seen += page.length;
    if (last.series_number !== seen) throw new Error(`WRONG: ${last.number} is the document number ${seen}`);
    after = { number: last.series_number, issueDate: last.issue_date };
    head = verdict.head;
  }
}
