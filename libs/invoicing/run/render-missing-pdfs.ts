import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { selectInvoicesWithoutPdf } from '../store/select-invoices-without-pdf.ts';
import { readInvoicePdf } from './invoice-pdf.ts';

const PAGE = 100;

/** Renders what is missing of a run's pages. One that fails stays missing, is reported, and is tried again when someone asks for it. */
export async function renderMissingPdfs(
  pool: Pool,
  run: { readonly organizationId: number; readonly id: string },
  options: {
    readonly stopped: () => boolean;
    readonly onFailure: (invoiceId: string, error: unknown) => void;
  },
): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const ids: string[] = await inOrganization(pool, run.organizationId, (tx) =>
      selectInvoicesWithoutPdf(tx, run.organizationId, run.id, after, PAGE),
    );
    for (const id of ids) {
      if (options.stopped()) return;
      await readInvoicePdf(pool, run.organizationId, id).catch((error) => options.onFailure(id, error));
    }
    after = ids.at(-1) ?? null;
    if (ids.length < PAGE) return;
  }
}
