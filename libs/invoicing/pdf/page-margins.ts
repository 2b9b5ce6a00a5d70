import {
  CONTENT_WIDTH,
  hairline,
  LEFT,
  measureText,
  PAGE,
  putText,
  putTextRight,
  RIGHT,
  type Sheet,
  STYLES,
  wrap,
} from './typesetting.ts';

/** On pages after the first: which document this is, so that a loose sheet finds home. Returns the y below. */
export function putRunningHead(sheet: Sheet): number {
  const { document, messages } = sheet;
  const kind = document.kind === 'credit_note' ? messages.creditNote : messages.invoice;
  const text = messages.title(kind, document.number);
  putText(sheet, text, STYLES.quiet, LEFT, PAGE.top - 8);
  const room = CONTENT_WIDTH - measureText(text, STYLES.quiet) - 24;
  const name = wrap(document.seller.name, STYLES.quiet, room)[0] ?? '';
  putTextRight(sheet, name, STYLES.quiet, RIGHT, PAGE.top - 8);
  return PAGE.top + 20;
}

/** Verification code and page number, on every page. */
export function putFooters(sheet: Sheet, hash: string): void {
  const { pdf, document, messages } = sheet;
  const { count } = pdf.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    pdf.switchToPage(page);
    const y = PAGE.height - 46;
    hairline(sheet, y - 8);
    putText(sheet, messages.footer(document.number, hash), STYLES.footer, LEFT, y);
    putTextRight(sheet, messages.page(`${page + 1}`, `${count}`), STYLES.footer, RIGHT, y);
  }
}
