import { type Block, figureRows } from './blocks.ts';
import { exchangeBlock } from './exchange-block.ts';
import { noteBlocks } from './note-blocks.ts';
import { paymentBlock } from './payment-block.ts';
import { totalRows } from './total-rows.ts';
import { CONTENT_BOTTOM, CONTENT_WIDTH, LEFT, type Sheet } from './typesetting.ts';

const GAP = 28;
/** Narrower than that the way to pay stands below the totals instead of beside them. */
const NARROWEST = 180;

export interface DocumentEnd {
  /** Points that its first part takes: it stays on the page of the last line. */
  readonly height: number;
  /** Sets it from y on. `nextPage` turns the page and returns the y to go on at. */
  readonly put: (y: number, nextPage: () => number) => void;
}

/** Totals with the way to pay, then the other currency and notes. */
export function layDocumentEnd(sheet: Sheet): DocumentEnd {
  const blocks = endBlocks(sheet);
  return {
    height: blocks[0]?.height ?? 0,
    put(y, nextPage) {
      let at = y;
      for (const block of blocks) {
        if (at + block.height > CONTENT_BOTTOM) at = nextPage();
        block.put(at);
        at += block.height;
      }
    },
  };
}

function endBlocks(sheet: Sheet): Block[] {
  const totals = figureRows(sheet, totalRows(sheet));
  const beside = totals.left - GAP - LEFT;
  const others = [...exchangeBlock(sheet), ...noteBlocks(sheet)];
  if (beside < NARROWEST) return [totals, ...others, ...present(paymentBlock(sheet, CONTENT_WIDTH))];
  const payment = paymentBlock(sheet, beside);
  if (payment === null) return [totals, ...others];
  const both: Block = {
    height: Math.max(totals.height, payment.height),
    put(y) {
      payment.put(y + 4);
      totals.put(y);
    },
  };
  return [both, ...others];
}

const present = (block: Block | null): Block[] => (block === null ? [] : [block]);
