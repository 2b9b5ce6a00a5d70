import { Big } from '#libs/money/decimal.ts';
import { formatAmount } from '#libs/money/format.ts';
import type { InvoiceDocument } from '../document.ts';
import { longDate } from './dates.ts';
import { messages } from './messages.ts';
import { moneyText } from './money-text.ts';
import {
  CONTENT_WIDTH,
  hairline,
  LEFT,
  measureFigure,
  measureText,
  type Pdf,
  putFigure,
  putParagraph,
  putText,
  RIGHT,
  STYLES,
  type Style,
} from './typesetting.ts';

const ROW = 21;
const LABEL_GAP = 40;
const MINIMUM_WIDTH = 220;

/** Points that the totals and the notes take: they stay on one page. */
export function documentEndHeight(document: InvoiceDocument): number {
  return totalsOf(document).length * ROW + 20 + notesOf(document).length * STYLES.label.leading * 2;
}

/** Totals on the right, then how and whether to pay. */
export function putDocumentEnd(pdf: Pdf, document: InvoiceDocument, y: number): void {
  let at = putTotals(pdf, totalsOf(document), y + 2) + 18;
  for (const note of notesOf(document)) at = putParagraph(pdf, note, STYLES.label, LEFT, at, CONTENT_WIDTH);
}

interface Total {
  readonly label: string;
  readonly value: string;
  readonly style: Style;
}

function totalsOf(document: InvoiceDocument): Total[] {
  const { currency, kind } = document;
  const due = kind === 'credit_note' ? messages.totalCredited : messages.totalDue;
  const amount = kind === 'credit_note' ? new Big(document.total).abs().toFixed() : document.total;
  return [
    { label: messages.subtotal, value: formatAmount(document.subtotal, currency), style: STYLES.body },
    { label: messages.tax, value: formatAmount(document.tax_total, currency), style: STYLES.body },
    { label: messages.total, value: formatAmount(document.total, currency), style: STYLES.body },
    { label: due, value: moneyText(document, amount), style: STYLES.strong },
  ];
}

function putTotals(pdf: Pdf, totals: readonly Total[], y: number): number {
  const widths = totals.map(
    ({ label, value, style }) => measureText(pdf, label, style) + measureFigure(pdf, value, style),
  );
  const left = RIGHT - Math.max(MINIMUM_WIDTH, LABEL_GAP + Math.max(...widths));
  let at = y;
  for (const [index, { label, value, style }] of totals.entries()) {
    if (index > 0) hairline(pdf, at, left);
    const text = at + (ROW - style.leading) / 2;
    putText(pdf, label, style, left, text);
    putFigure(pdf, value, style, RIGHT, text);
    at += ROW;
  }
  return at;
}

function notesOf(document: InvoiceDocument): string[] {
  const notes: string[] = [];
  if (document.corrects !== undefined) notes.push(messages.credited(document.corrects.number));
  else if (new Big(document.total).lte('0')) notes.push(messages.noPayment);
  else notes.push(messages.payBy(moneyText(document, document.total), longDate(document.due_date)));
  if (document.replaces !== undefined) notes.push(messages.replacesNote(document.replaces.number));
  return notes;
}
