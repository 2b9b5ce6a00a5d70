import { renderInvoicePdf } from './render-invoice-pdf.ts';
import type { RenderTask } from './render-pool.ts';

/** What a thread of the pool runs. */
export function drawPage({ document, hash }: RenderTask): Promise<Uint8Array> {
  return renderInvoicePdf(document, { hash });
}
