import type { InvoiceDraft } from './assemble.ts';

/** How many invoices drafts become, and how many are not made since all their lines are zero. */
export function countDocuments(drafts: readonly Pick<InvoiceDraft, 'isSkipped' | 'units' | 'body'>[]) {
  return {
    invoicesCreated: drafts.filter(({ isSkipped, body }) => !isSkipped && body.kind === 'invoice').length,
    invoicesSkipped: drafts.filter(({ isSkipped, units }) => isSkipped && units.length > 0).length,
  };
}
