import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, inTransaction } from '#libs/database/transaction.ts';
import type { Render } from '../pdf/render-pool.ts';
import { countFailedPages } from '../store/count-failed-pages.ts';
import { deletePageToDraw } from '../store/delete-page-to-draw.ts';
import { type PageToDraw, takePagesToDraw } from '../store/take-pages-to-draw.ts';
import { updatePageFailed } from '../store/update-page-failed.ts';
import { readInvoicePdf } from './invoice-pdf.ts';

/** So many are taken in one look, and so many drawn at once. */
const TAKEN = 20;
const AT_ONCE = 4;

export interface WaitingPagesOptions {
  /** Default: in this thread. */
  readonly render?: Render | undefined;
  readonly stopped: () => boolean;
  readonly onFailure: (page: PageToDraw, error: unknown) => void;
  readonly taken?: number;
}

export interface DrawnPages {
  readonly drawn: number;
  readonly failed: number;
  /** Documents of all organizations whose page was tried in vain. */
  readonly missing: number;
  /** There may be more that are due. */
  readonly isFull: boolean;
}

/**
 * Draws pages that are missing, whoever issued the documents: those of a run whose process died or whose fonts were missing, those that the API
 * issued and nobody asked for. One look takes a bounded number, the longest waiting first. Dying in it costs what it took an attempt.
 * Under the workers' role.
 */
export async function drawWaitingPages(
  pool: Pool,
  { render, stopped, onFailure, taken = TAKEN }: WaitingPagesOptions,
): Promise<DrawnPages> {
  const pages = await inTransaction(pool, (tx) => takePagesToDraw(tx, taken));
  const isFull = pages.length === taken;
  let [drawn, failed] = [0, 0];
  const drawNext = async () => {
    for (let page = pages.shift(); page !== undefined && !stopped(); page = pages.shift()) {
      const { organizationId, invoiceId } = page;
      try {
        await readInvoicePdf(pool, organizationId, invoiceId, render);
        // One that had a page already was not drawn, and is not looked at for ever.
        await inOrganization(pool, organizationId, (tx) => deletePageToDraw(tx, organizationId, invoiceId));
        drawn += 1;
      } catch (error) {
        failed += 1;
        onFailure(page, error);
        const reason = error instanceof Error ? error.message : String(error);
        await inOrganization(pool, organizationId, (tx) => updatePageFailed(tx, organizationId, invoiceId, reason));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drawNext));
  return { drawn, failed, missing: await inTransaction(pool, countFailedPages), isFull };
}
