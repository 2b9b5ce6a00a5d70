import { Big } from '#libs/money/decimal.ts';
import type { Party } from '../documents/document.ts';
import { dateRange, longDate } from './dates.ts';
import { moneyText } from './money-text.ts';
import {
  CONTENT_WIDTH,
  LEFT,
  measureText,
  PAGE,
  putParagraph,
  putText,
  putTextRight,
  RIGHT,
  type Sheet,
  STYLES,
  wrap,
} from './typesetting.ts';

const GAP = 22;
const FACTS_WIDTH = 190;
const PARTY_WIDTH = (CONTENT_WIDTH - FACTS_WIDTH - 2 * GAP) / 2;

/** Title, facts, the two parties and what is due; returns the y below. */
export function putDocumentHead(sheet: Sheet): number {
  const { document, messages } = sheet;
  const title = document.kind === 'credit_note' ? messages.creditNote : messages.invoice;
  putText(sheet, title, STYLES.title, LEFT, PAGE.top);
  const nameWidth = CONTENT_WIDTH - measureText(title, STYLES.title) - GAP;
  let name = PAGE.top + (STYLES.title.leading - STYLES.headline.leading);
  for (const line of wrap(document.seller.name, STYLES.headline, nameWidth)) {
    putTextRight(sheet, line, STYLES.headline, RIGHT, name);
    name += STYLES.headline.leading;
  }
  const top = Math.max(PAGE.top + STYLES.title.leading, name) + 18;
  const below = Math.max(putFacts(sheet, top), putParties(sheet, top)) + 24;
  const headed = putParagraph(sheet, headline(sheet), STYLES.headline, LEFT, below, CONTENT_WIDTH);
  const { corrects } = document;
  if (corrects === undefined) return headed + 14;
  return putParagraph(sheet, messages.because(corrects.reason), STYLES.label, LEFT, headed + 2, CONTENT_WIDTH) + 14;
}

type Fact = readonly [label: string, value: string];

function putFacts(sheet: Sheet, y: number): number {
  const facts = factsOf(sheet);
  const widest = Math.max(...facts.map(([label]) => measureText(label, STYLES.label)));
  const labelWidth = Math.min(widest, FACTS_WIDTH / 2) + 14;
  let at = y;
  for (const [index, [label, value]] of facts.entries()) {
    const below = putParagraph(sheet, label, STYLES.label, LEFT, at, labelWidth);
    const style = index === 0 ? STYLES.strong : STYLES.body;
    at = Math.max(below, putParagraph(sheet, value, style, LEFT + labelWidth, at, FACTS_WIDTH - labelWidth));
  }
  return at;
}

function factsOf({ document, messages }: Sheet): Fact[] {
  const { kind, number, issue_date: issued, due_date: due, period, corrects, replaces } = document;
  const facts: Fact[] = [
    [kind === 'credit_note' ? messages.creditNoteNumber : messages.invoiceNumber, number],
    [messages.issueDate, longDate(messages, issued)],
  ];
  if (kind === 'invoice') {
    const days = document.payment_terms_days;
    facts.push([messages.dueDate, longDate(messages, due)]);
    facts.push([messages.paymentTerms, days === 0 ? messages.termsNow : messages.termsDays(`${days}`)]);
  }
  if (period !== undefined) {
    facts.push([messages.servicePeriod, dateRange(messages, period.from, period.to)]);
    facts.push([messages.timeZone, period.time_zone]);
  }
  if (corrects !== undefined) facts.push([messages.corrects, corrects.number]);
  if (replaces !== undefined) facts.push([messages.replaces, replaces.number]);
  return facts;
}

function putParties(sheet: Sheet, y: number): number {
  const { document, messages } = sheet;
  const buyerLabel = document.kind === 'credit_note' ? messages.creditNoteBuyer : messages.invoiceBuyer;
  const sellerLeft = LEFT + FACTS_WIDTH + GAP;
  const buyerLeft = sellerLeft + PARTY_WIDTH + GAP;
  const seller = putParty(sheet, messages.seller, document.seller, [], sellerLeft, y);
  const buyer =
    'redacted' in document.buyer
      ? putParty(sheet, buyerLabel, { name: messages.erasedBuyer, address_lines: [] }, [], buyerLeft, y)
      : putParty(sheet, buyerLabel, document.buyer, [messages.customer(document.buyer.key)], buyerLeft, y);
  return Math.max(seller, buyer);
}

function putParty(sheet: Sheet, label: string, party: Party, more: readonly string[], x: number, y: number): number {
  putText(sheet, label, STYLES.label, x, y);
  let at = putParagraph(sheet, party.name, STYLES.strong, x, y + STYLES.label.leading, PARTY_WIDTH);
  for (const line of party.address_lines) at = putParagraph(sheet, line, STYLES.body, x, at, PARTY_WIDTH);
  if (party.email !== undefined) at = putParagraph(sheet, party.email, STYLES.body, x, at, PARTY_WIDTH);
  const ids = [...(party.tax_id === undefined ? [] : [sheet.messages.taxId(party.tax_id)]), ...more];
  for (const id of ids) at = putParagraph(sheet, id, STYLES.label, x, at, PARTY_WIDTH);
  return at;
}

function headline({ document, messages }: Sheet): string {
  const { currency, kind, total, amount_due: due, due_date: date } = document;
  if (kind === 'credit_note') return messages.creditedHeadline(moneyText(currency, new Big(total).abs().toFixed()));
  if (new Big(due).gt('0')) return messages.dueHeadline(moneyText(currency, due), longDate(messages, date));
  const isPaid = new Big(total).gt('0');
  return (isPaid ? messages.paidHeadline : messages.nothingDueHeadline)(moneyText(currency, total));
}
