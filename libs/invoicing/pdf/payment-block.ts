import { Big } from '#libs/money/decimal.ts';
import { type Block, type Paragraph, paragraphs } from './blocks.ts';
import { longDate } from './dates.ts';
import { moneyText } from './money-text.ts';
import { fitsQrCode, putQrCode } from './qr-code.ts';
import {
  CONTENT_WIDTH,
  hairline,
  LEFT,
  measureText,
  putParagraph,
  RIGHT,
  type Sheet,
  STYLES,
  wrap,
} from './typesetting.ts';

const QR_SIZE = 66;
const QR_GAP = 40;
const TOP = 14;
const FACTS_GAP = 5;
const ROW_GAP = 1.5;
const LABEL_GAP = 20;
const WIDEST_LABEL = 160;

type Fact = readonly [label: string, value: string];

/** How to pay and to whom on the left; on the right the code with the document's address. */
export function paymentBlock(sheet: Sheet): Block[] {
  const { url } = sheet.document;
  const texts = paymentTexts(sheet);
  const facts = paymentFacts(sheet);
  if (texts.length === 0 && facts.length === 0) return [];
  const hasCode = url !== undefined && fitsQrCode(url);
  const width = CONTENT_WIDTH - (hasCode ? QR_SIZE + QR_GAP : 0);
  const head = paragraphs(sheet, texts, LEFT, width);
  const table = factTable(sheet, facts, width);
  const gap = texts.length === 0 ? 0 : FACTS_GAP;
  return [
    {
      height: TOP + Math.max(head.height + gap + table.height, hasCode ? QR_SIZE : 0),
      put(y) {
        hairline(sheet, y);
        head.put(y + TOP);
        table.put(y + TOP + head.height + gap);
        if (hasCode) putCode(sheet, url, y + TOP);
      },
    },
  ];
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
  const { kind, number, seller, url } = document;
  const facts: Fact[] = [];
  if (kind === 'invoice' && new Big(document.amount_due).gt('0')) {
    for (const { label, value } of seller.bank_details ?? []) facts.push([label, value]);
    facts.push([messages.reference, number]);
  }
  if (url !== undefined) facts.push([messages.lookAt, url]);
  return facts;
}

function factTable(sheet: Sheet, facts: readonly Fact[], width: number): Block {
  const widest = Math.max(0, ...facts.map(([label]) => measureText(label, STYLES.label)));
  const labelWidth = Math.min(WIDEST_LABEL, widest);
  const valueWidth = width - labelWidth - LABEL_GAP;
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
        putParagraph(sheet, value, STYLES.body, LEFT + labelWidth + LABEL_GAP, at, valueWidth);
        at += heights[index] as number;
      }
    },
  };
}

function putCode({ pdf }: Sheet, url: string, y: number): void {
  putQrCode(pdf, url, RIGHT - QR_SIZE, y, QR_SIZE);
  if (/^https?:/i.test(url) && URL.canParse(url)) pdf.link(RIGHT - QR_SIZE, y, QR_SIZE, QR_SIZE, new URL(url).href);
}
