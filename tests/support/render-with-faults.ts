import { BroadcastChannel } from 'node:worker_threads';
import { buyerKey } from '#libs/invoicing/documents/buyer-key.ts';
import { FontMissing } from '#libs/invoicing/pdf/fonts/load-font.ts';
import { renderInvoicePdf } from '#libs/invoicing/pdf/render-invoice-pdf.ts';
import type { RenderTask } from '#libs/invoicing/pdf/render-pool.ts';

/** Channel on which a thread says that it hangs from now on. */
export const HANGING = 'a page hangs';

/** A worker of the renderer that fails in the way that a document's number (or its buyer's key) says, and draws all others. */
export async function drawPage({ document, hash }: RenderTask): Promise<Uint8Array> {
  const fault = [document.number, buyerKey(document) ?? ''].find((name) => name in FAULTS);
  if (fault !== undefined) await FAULTS[fault as keyof typeof FAULTS]();
  return renderInvoicePdf(document, { hash });
}

const FAULTS = {
  throws() {
    throw new FontMissing('some-font', 'Some.ttf', new Error('ENOENT'));
  },
  exits() {
    process.exit(3);
  },
  'eats memory'() {
    const eaten: object[] = [];
    for (;;) eaten.push(Array.from({ length: 1000 }, (_, index) => ({ index })));
  },
  hangs() {
    new BroadcastChannel(HANGING).postMessage('');
    for (;;) Math.random();
  },
};
