import { Big } from '#libs/money/decimal.ts';
import { type Block, type Paragraph, paragraphs, SPACE } from './blocks.ts';
import { longDate } from './dates.ts';
import { moneyText } from './money-text.ts';
import { fitsQrCode, putQrCode } from './qr-code.ts';
import { LEFT, measureText, putParagraph, type Sheet, STYLES, wrap } from './typesetting.ts';

const QR_SIZE = 62;
const GAP = 12;
const ROW_GAP = 1.5;
const WIDEST_LABEL = 120;

type Fact = readonly [label: string, value: string];

/** How to pay and to whom, then the document's address with its code, in a column at the left margin. Null when there is nothing to say. */
export function paymentBlock(sheet: Sheet, width: number): Block | null {
  const parts = [
    paragraphs(sheet, paymentTexts(sheet), LEFT, width),
    factTable(sheet, paymentFacts(sheet), width),
    addressBlock(sheet, width),
  ].filter(({ height }) => height > 0);
  if (parts.length === 0) return null;
  return {
    height: parts.reduce((sum, { height }) => sum + height + ROW_GAP, SPACE),
    put(y) {
      parts.reduce((at, { height, put }) => {
        put(at);
        return at + height + ROW_GAP;
      }, y);
    },
  };
}

function paymentTexts({ document, messages }: Sheet): Paragraph[] {
  if (document.kind === 'credit_note') return [];
  const { currency, amount_due: due, due_date: date, payment_terms_days: days } = document;
  const strong = (text: string): Paragraph[] => [{ text, style: STYLES.strong }];
  if (new Big(due).lte('0'))
    return strong(new Big(document.total).gt('0') ? messages.paidFromBalance : messages.noPayment);
  const money = moneyText(currency, due);
  return strong(days === 0 ? messages.payNow(money) : messages.payBy(money, longDate(messages, date)));
}

function paymentFacts({ document, messages }: Sheet): Fact[] {
  if (document.kind === 'credit_note' || new Big(document.amount_due).lte('0')) return [];
  const bank = (document.seller.bank_details ?? []).map(({ label, value }): Fact => [label, value]);
  return [...bank, [messages.reference, document.number]];
}

function factTable(sheet: Sheet, facts: readonly Fact[], width: number): Block {
  const widest = Math.max(0, ...facts.map(([label]) => measureText(label, STYLES.label)));
  const labelWidth = Math.min(WIDEST_LABEL, widest);
  const valueWidth = width - labelWidth - GAP;
  const heights = facts.map(
    ([label, value]) =>
      Math.max(wrap(label, STYLES.label, labelWidth).length, wrap(value, STYLES.body, valueWidth).length) *
        STYLES.body.leading +
      ROW_GAP,
  );
  return {
    height: heights.reduce((sum, height) => sum + height, 0),
    put(y) {
      let at = y;
      for (const [index, [label, value]] of facts.entries()) {
        putParagraph(sheet, label, STYLES.label, LEFT, at, labelWidth);
        putParagraph(sheet, value, STYLES.body, LEFT + labelWidth + GAP, at, valueWidth);
        at += heights[index] as number;
      }
    },
  };
}

/** The code with the address beside it, which can be clicked. */
function addressBlock(sheet: Sheet, width: number): Block {
  const { url } = sheet.document;
  if (url === undefined) return { height: 0, put() {} };
  const hasCode = fitsQrCode(url);
  const left = hasCode ? LEFT + QR_SIZE + GAP : LEFT;
  const texts: Paragraph[] = [
    { text: sheet.messages.lookAt, style: STYLES.label },
    { text: url, style: STYLES.quiet },
  ];
  const told = paragraphs(sheet, texts, left, LEFT + width - left);
  return {
    height: GAP / 2 + Math.max(told.height, hasCode ? QR_SIZE : 0),
    put(y) {
      const top = y + GAP / 2;
      if (hasCode) putQrCode(sheet.pdf, url, LEFT, top, QR_SIZE);
      told.put(top);
      if (isLink(url)) sheet.pdf.link(LEFT, top, width, Math.max(told.height, QR_SIZE), new URL(url).href);
    },
  };
}

/** Never a script. */
const isLink = (url: string): boolean => /^https?:/i.test(url) && URL.canParse(url);
