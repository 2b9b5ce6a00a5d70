import { Big } from '#libs/money/decimal.ts';
import type { InvoiceDocument, Party } from '../document.ts';
import { dateRange, longDate } from './dates.ts';
import { messages } from './messages.ts';
import { moneyText } from './money-text.ts';
import {
  CONTENT_WIDTH,
  LEFT,
  measureText,
  PAGE,
  type Pdf,
  putParagraph,
  putText,
  putTextRight,
  RIGHT,
  STYLES,
  wrap,
} from './typesetting.ts';

const COLUMN_GAP = 24;
const COLUMN_WIDTH = (CONTENT_WIDTH - COLUMN_GAP) / 2;

/** Title, facts, the two parties and what is due; returns the y below. */
export function putDocumentHead(pdf: Pdf, document: InvoiceDocument): number {
  const isCreditNote = document.kind === 'credit_note';
  const title = isCreditNote ? messages.creditNote : messages.invoice;
  putText(pdf, title, STYLES.title, LEFT, PAGE.top);
  const nameWidth = CONTENT_WIDTH - measureText(pdf, title, STYLES.title) - COLUMN_GAP;
  let name = PAGE.top + (STYLES.title.leading - STYLES.headline.leading);
  for (const line of wrap(pdf, document.seller.name, STYLES.headline, nameWidth)) {
    putTextRight(pdf, line, STYLES.headline, RIGHT, name);
    name += STYLES.headline.leading;
  }
  const facts = putFacts(pdf, document, Math.max(PAGE.top + STYLES.title.leading, name) + 14);
  const parties = putParties(pdf, document, facts + 22);
  return putParagraph(pdf, headline(document), STYLES.headline, LEFT, parties + 24, CONTENT_WIDTH) + 16;
}

function putFacts(pdf: Pdf, document: InvoiceDocument, y: number): number {
  const facts = factsOf(document);
  const labelWidth = Math.max(...facts.map(([label]) => measureText(pdf, label, STYLES.label))) + 20;
  let at = y;
  for (const [index, [label, value]] of facts.entries()) {
    putText(pdf, label, STYLES.label, LEFT, at);
    const style = index === 0 ? STYLES.strong : STYLES.body;
    at = putParagraph(pdf, value, style, LEFT + labelWidth, at, CONTENT_WIDTH - labelWidth) + 1.5;
  }
  return at;
}

function factsOf(document: InvoiceDocument): [label: string, value: string][] {
  const { kind, number, issue_date: issued, due_date: due, period, corrects, replaces } = document;
  const service = period && `${dateRange(period.from, period.to)} (${period.time_zone})`;
  return [
    [kind === 'credit_note' ? messages.creditNoteNumber : messages.invoiceNumber, number],
    [messages.issueDate, longDate(issued)],
    ...(kind === 'credit_note' ? [] : [[messages.dueDate, longDate(due)] as [string, string]]),
    ...(service === undefined ? [] : [[messages.servicePeriod, service] as [string, string]]),
    ...(corrects === undefined
      ? []
      : ([
          [messages.corrects, corrects.number],
          [messages.reason, corrects.reason],
        ] as [string, string][])),
    ...(replaces === undefined ? [] : [[messages.replaces, replaces.number] as [string, string]]),
  ];
}

function putParties(pdf: Pdf, document: InvoiceDocument, y: number): number {
  const buyerLabel = document.kind === 'credit_note' ? messages.creditNoteBuyer : messages.invoiceBuyer;
  const seller = putParty(pdf, messages.seller, document.seller, [], LEFT, y);
  const buyerLeft = LEFT + COLUMN_WIDTH + COLUMN_GAP;
  const buyer =
    'redacted' in document.buyer
      ? putParty(pdf, buyerLabel, { name: messages.erasedBuyer, address_lines: [] }, [], buyerLeft, y)
      : putParty(pdf, buyerLabel, document.buyer, [messages.customer(document.buyer.key)], buyerLeft, y);
  return Math.max(seller, buyer);
}

function putParty(pdf: Pdf, label: string, party: Party, more: readonly string[], x: number, y: number): number {
  putText(pdf, label, STYLES.label, x, y);
  let at = putParagraph(pdf, party.name, STYLES.strong, x, y + STYLES.label.leading + 3, COLUMN_WIDTH);
  for (const line of party.address_lines) at = putParagraph(pdf, line, STYLES.body, x, at, COLUMN_WIDTH);
  if (party.email !== undefined) at = putParagraph(pdf, party.email, STYLES.body, x, at, COLUMN_WIDTH);
  const ids = [...(party.tax_id === undefined ? [] : [messages.taxId(party.tax_id)]), ...more];
  for (const id of ids) at = putParagraph(pdf, id, STYLES.label, x, at, COLUMN_WIDTH);
  return at;
}

function headline(document: InvoiceDocument): string {
  const total = new Big(document.total);
  const money = moneyText(document, total.abs().toFixed());
  if (document.kind === 'credit_note') return messages.amountCredited(money);
  if (total.lte('0')) return messages.nothingDue(moneyText(document, document.total));
  return messages.amountDue(money, longDate(document.due_date));
}
