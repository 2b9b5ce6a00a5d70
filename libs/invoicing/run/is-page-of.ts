import { createHash } from 'node:crypto';
import { RENDERER_VERSION, renderInvoicePdf } from '../pdf/render-invoice-pdf.ts';
import type { RowsOfDocument } from '../store/select-rows-of-documents.ts';
import type { ChainedDocument } from '../verify-chain.ts';

/**
 * Whether the stored page is the one that this document makes: drawn again, since whoever swaps the bytes can swap their hash as well. Null where
 * there is no page, or another version of the renderer made it.
 */
export async function isPageOf(
  { document, hash }: Pick<ChainedDocument, 'document' | 'hash'>,
  pdf: RowsOfDocument['pdf'],
): Promise<boolean | null> {
  if (pdf === null || pdf.rendererVersion !== RENDERER_VERSION) return null;
  const bytes = await renderInvoicePdf(document, { hash: hash.toString('hex') });
  return createHash('sha256').update(bytes).digest('hex') === pdf.actual;
}
