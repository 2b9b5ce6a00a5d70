import { formatAmount, formatRate } from '#libs/money/format.ts';
import { type Block, FIGURES_WIDTH, figureRows, paragraphs, SPACE } from './blocks.ts';
import { longDate } from './dates.ts';
import { moneyText } from './money-text.ts';
import { CONTENT_WIDTH, LEFT, type Sheet, STYLES } from './typesetting.ts';

/** The totals in the seller's currency, with the rate, its source and its day; nothing where the document has no other currency. */
export function exchangeBlock(sheet: Sheet): Block[] {
  const { document, messages } = sheet;
  const { exchange } = document;
  if (exchange === undefined) return [];
  const { currency } = exchange;
  const rows = figureRows(sheet, [
    { label: messages.totalExcludingTax, value: formatAmount(exchange.total_excluding_tax, currency) },
    { label: messages.taxTotal, value: formatAmount(exchange.tax_total, currency) },
    { label: messages.total, value: moneyText(currency, exchange.total) },
  ]);
  const rate = messages.exchangeRate(document.currency, `${currency} ${formatRate(exchange.rate, currency)}`);
  const texts = [
    { text: messages.exchange(currency), style: STYLES.strong },
    { text: rate, style: STYLES.label },
    { text: messages.exchangeSource(exchange.source, longDate(messages, exchange.date)), style: STYLES.label },
  ];
  const told = paragraphs(sheet, texts, LEFT, CONTENT_WIDTH - FIGURES_WIDTH - SPACE);
  return [
    {
      height: Math.max(rows.height, told.height + SPACE),
      put(y) {
        told.put(y + 3.75);
        rows.put(y);
      },
    },
  ];
}
