import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import type { Render } from '../pdf/render-pool.ts';
import { selectInvoicesWithoutPdf } from '../store/select-invoices-without-pdf.ts';
import { readInvoicePdf } from './invoice-pdf.ts';

const PAGE = 100;
/** So many documents are held in memory, and so many connections used at most. */
const AT_ONCE = 4;

/**
 * Renders what is missing of a run's pages, several at a time. One that fails stays missing, is reported, stops no other, and is tried
 * again when someone asks for it.
 */
export async function renderMissingPdfs(
  pool: Pool,
  run: { readonly organizationId: number; readonly id: string },
  options: {
    /** Default: in this thread. */
    readonly render?: Render | undefined;
    readonly stopped: () => boolean;
    readonly onFailure: (invoiceId: string, error: unknown) => void;
  },
): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const ids: string[] = await inOrganization(pool, run.organizationId, (tx) =>
      selectInvoicesWithoutPdf(tx, run.organizationId, run.id, after, PAGE),
    );
    after = ids.at(-1) ?? null;
    const isLast = ids.length < PAGE;
    const renderNext = async () => {
      for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
        if (options.stopped()) return;
        await readInvoicePdf(pool, run.organizationId, id, options.render).catch((error) =>
          options.onFailure(id, error),
        );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, renderNext));
    if (isLast || options.stopped()) return;
  }
}
