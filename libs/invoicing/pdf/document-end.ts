import { figureRows } from './blocks.ts';
import { exchangeBlock } from './exchange-block.ts';
import { noteBlocks } from './note-blocks.ts';
import { paymentBlock } from './payment-block.ts';
import { totalRows } from './total-rows.ts';
import { CONTENT_BOTTOM, type Sheet } from './typesetting.ts';

/** Points that the totals take: they stay on the page of the last line. */
export function totalsHeight(sheet: Sheet): number {
  return figureRows(sheet, totalRows(sheet)).height;
}

/** Totals, then the other currency, notes, and how to pay. `nextPage` turns the page and returns the y to go on at. */
export function putDocumentEnd(sheet: Sheet, y: number, nextPage: () => number): void {
  const totals = figureRows(sheet, totalRows(sheet));
  let at = y + 2;
  for (const block of [totals, ...exchangeBlock(sheet), ...noteBlocks(sheet), ...paymentBlock(sheet)]) {
    if (at + block.height > CONTENT_BOTTOM) at = nextPage();
    block.put(at);
    at += block.height;
  }
}
