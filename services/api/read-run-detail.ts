import type { Transaction } from '#libs/database/transaction.ts';
import { countParked } from '#libs/invoicing/store/count-parked.ts';
import { countRunPdfs } from '#libs/invoicing/store/count-run-pdfs.ts';
import { selectBillingRun } from '#libs/invoicing/store/select-billing-run.ts';
import { selectParked } from '#libs/invoicing/store/select-parked.ts';
import { selectRunDrafts } from '#libs/invoicing/store/select-run-drafts.ts';
import { selectRunTotals } from '#libs/invoicing/store/select-run-totals.ts';
import type { RunDetail } from './present-billing-run.ts';

const PARKED_SHOWN = 20;

/** A billing run with all that is told of it, or null. */
export async function readRunDetail(tx: Transaction, organizationId: number, id: string): Promise<RunDetail | null> {
  const run = await selectBillingRun(tx, organizationId, id);
  if (run === null) return null;
  return {
    run,
    totals: await selectRunTotals(tx, organizationId, id),
    // Before, every document lacks its page.
    pdfs: run.billedAt === null || run.dryRun ? null : await countRunPdfs(tx, organizationId, id),
    parkedCodes: await countParked(tx, organizationId, id),
    parked: await selectParked(tx, organizationId, id, { limit: PARKED_SHOWN }),
    drafts: run.dryRun ? await selectRunDrafts(tx, organizationId, id) : [],
  };
}
