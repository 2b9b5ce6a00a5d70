import type { InvoiceDocument } from '../document.ts';
import { messages } from './messages.ts';
import {
  CONTENT_WIDTH,
  hairline,
  LEFT,
  measureText,
  PAGE,
  type Pdf,
  putText,
  putTextRight,
  RIGHT,
  STYLES,
  wrap,
} from './typesetting.ts';

/** On pages after the first: which document this is, so that a loose sheet finds home. Returns the y below. */
export function putRunningHead(pdf: Pdf, document: InvoiceDocument): number {
  const kind = document.kind === 'credit_note' ? messages.creditNote : messages.invoice;
  const text = `${kind} ${document.number}`;
  putText(pdf, text, STYLES.quiet, LEFT, PAGE.top - 8);
  const room = CONTENT_WIDTH - measureText(pdf, text, STYLES.quiet) - 24;
  putTextRight(pdf, wrap(pdf, document.seller.name, STYLES.quiet, room)[0] ?? '', STYLES.quiet, RIGHT, PAGE.top - 8);
  return PAGE.top + 20;
}

/** Verification code and page number, on every page. */
export function putFooters(pdf: Pdf, document: InvoiceDocument, hash: string): void {
  const { count } = pdf.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    pdf.switchToPage(page);
    const y = PAGE.height - 46;
    hairline(pdf, y - 8);
    putText(pdf, `${document.number}  ·  ${messages.verificationCode(hash)}`, STYLES.footer, LEFT, y);
    putTextRight(pdf, messages.page(page + 1, count), STYLES.footer, RIGHT, y);
  }
}
