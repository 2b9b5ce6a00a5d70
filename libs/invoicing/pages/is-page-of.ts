import { createHash } from 'node:crypto';
import type { ChainedDocument } from '../chain/verify-chain.ts';
import { RENDERER_VERSION, renderInvoicePdf } from '../pdf/render-invoice-pdf.ts';
import type { RowOfPdf } from '../store/select-rows-of-documents.ts';

/**
 * Whether a stored page is the one that this document makes: drawn again, since whoever swaps the bytes can swap their hash as well. Null where
 * another version of the renderer made it.
 */
export async function isPageOf(
  { document, hash }: Pick<ChainedDocument, 'document' | 'hash'>,
  pdf: RowOfPdf,
): Promise<boolean | null> {
  if (pdf.rendererVersion !== RENDERER_VERSION) return null;
  const bytes = await renderInvoicePdf(document, { hash: hash.toString('hex') });
  return createHash('sha256').update(bytes).digest('hex') === pdf.actual;
}
