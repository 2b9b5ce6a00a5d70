import { expect } from '@jest/globals';
import type { DocumentLine, InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import { billAgain } from '../pricing/again/bill-again.ts';
import { by, fraction, HUNDRED, percentOf, read, rounded, times, total } from '../pricing/again/fraction.ts';
import { dateAt, daysBetween, firstInstantOf, periodOf } from './days.ts';
import type { Story } from './story.ts';
import { anchorOf, chargeOf, intervalOf, type Told, tellSubscriptions, termsOn } from './terms.ts';

/*
 * Every line worked out two more times: as an estimate, over POST /v1/quotes, and by tests/support/pricing/again, from the events that the
 * story sent and with days counted by days.ts. Lines that nobody computed (by hand) and commitments are left to the table of the story.
 */

export const DIGITS: Readonly<Record<string, number>> = { EUR: 2, USD: 2, GBP: 2, INR: 2, JPY: 0, KWD: 3 };

export const minor = (amount: string, currency: string): bigint => rounded(read(amount), DIGITS[currency] as number);

export async function linesAgain(story: Story): Promise<void> {
  const told = new Map((await tellSubscriptions(story)).map((one) => [one.id, one]));
  const documents = await story.documents();
  for (const document of documents) {
    for (const line of document.lines) {
      if (document.kind === 'credit_note') creditAgain(documents, document, line);
      else if (line.kind === 'fee' || line.kind === 'usage')
        await lineAgain(story, told.get(line.subscription_id as string) as Told, document, line);
    }
    if (document.kind === 'invoice') totalsAgain(document);
  }
}

async function lineAgain(story: Story, told: Told, document: InvoiceDocument, line: DocumentLine): Promise<void> {
  const { number, currency } = document;
  const day = dateAt(Date.parse(`${line.service_from}`), told.time_zone);
  const terms = termsOn(story.plans, knownTo(document, told), day);
  const charge = chargeOf(terms, line.charge_key as string);
  if (!charge) throw new Error(`${number}: ${told.customer} has no charge "${line.charge_key}" on ${day}`);
  const period = periodOf(day, intervalOf(terms, charge), anchorOf(told));
  // A period may begin or end with a day that the zone left out.
  const dateOf = (instant: string | undefined, border: string) =>
    Date.parse(`${instant}`) === firstInstantOf(border, told.time_zone)
      ? border
      : dateAt(Date.parse(`${instant}`), told.time_zone);
  const from = dateOf(line.service_from, period.from);
  const to = dateOf(line.service_to, period.to);
  const isUsage = charge.meter !== undefined;
  const of = [number, charge.key, from];

  const { lines } = await story.post('/v1/quotes', {
    currency,
    charges: [charge],
    quantities: charge.quantity === undefined ? {} : { [charge.quantity]: terms.quantities[charge.quantity] },
    service: { from, to, period_from: period.from, period_to: period.to },
    ...(isUsage && { customer: told.customer, period: { from, to } }),
  });
  // What arrived later, and no late usage is in these stories but before an invoice is issued anew, is not in an older document.
  const seen = story.used.slice(0, Number(document.watermark.offsets['0']));
  const isOurs = (at: number) => at >= firstInstantOf(from, told.time_zone) && at < firstInstantOf(to, told.time_zone);
  const events = seen.filter(
    ({ customer, meter, at }) => customer === told.customer && meter === charge.meter && isOurs(at),
  );
  if (seen.length === story.used.length)
    expect([...of, lines[0].amount, lines[0].quantity]).toEqual([...of, line.amount, line.quantity]);

  const again = billAgain({
    digits: DIGITS[currency] as number,
    charges: [charge],
    usage: isUsage ? events.map(({ quantity }) => ({ charge: charge.key, quantity })) : [],
    quantities: terms.quantities,
    days: [daysBetween(from, to), daysBetween(period.from, period.to)],
    discounts: [],
    tax_rates: [],
    prepaid_balance: '0',
  });
  expect([...of, minor(line.amount, currency)]).toEqual([...of, again.amounts[0]]);
}

/** Without changes that were made after the document: ids begin with the time. */
function knownTo({ id }: InvoiceDocument, told: Told): Told {
  const madeAt = (uuid: string) => Number.parseInt(uuid.replace('-', '').slice(0, 12), 16);
  return { ...told, changes: told.changes.filter((change) => madeAt(change.id) <= madeAt(id)) };
}

/**
 * Of what a line came to with its taxes a note gives back the share that it takes away, rounded once; taxes and discount are shares of their
 * own, and the rest is the amount. What takes a share other than by days says so by its amount alone, and is left to the table of the story.
 */
function creditAgain(documents: readonly InvoiceDocument[], note: InvoiceDocument, line: DocumentLine): void {
  const billed = documents.find(({ id }) => id === line.of?.id)?.lines[(line.of?.position ?? 0) - 1];
  if (!billed) throw new Error(`${note.number}: what does it credit?`);
  if (line.steps.some(({ rule }) => rule === 'credited')) return;
  const daysOf = ({ service_from: from, service_to: to }: DocumentLine) =>
    BigInt(Math.round((Date.parse(`${to}`) - Date.parse(`${from}`)) / 86_400_000));
  const of = (amount: string) => minor(amount, note.currency);
  const back = (amount: bigint) => rounded(fraction(amount * daysOf(line), daysOf(billed)), 0);
  const taxes = billed.taxes.map(({ amount }) => of(amount));
  const gross = taxes.reduce((sum, tax) => sum + tax, of(billed.net));
  const net = taxes.reduce((rest, tax) => rest - back(tax), back(gross));
  const isInclusive = note.taxes.some(({ inclusive }) => inclusive);
  const amount = (isInclusive ? back(gross) : net) + back(of(billed.discount));
  expect([note.number, of(line.net), of(line.amount)]).toEqual([note.number, -net, -amount]);
}

/** The sum of the parts is the whole, in whole minor units; taxes are of what they are said to be of. */
function totalsAgain(document: InvoiceDocument): void {
  const { currency, number } = document;
  const of = (amount: string) => minor(amount, currency);
  const sum = (amounts: readonly string[]) => amounts.map(of).reduce((one, other) => one + other, 0n);
  const contained = document.taxes.filter(({ inclusive }) => inclusive).map(({ percent }) => read(percent));
  const taxes = document.taxes.map(({ percent, inclusive }, place) => {
    const taxed = document.lines.filter((line) => line.taxes.some(({ tax }) => tax === place));
    const base = sum(taxed.map(({ net }) => net));
    if (!inclusive) return { inclusive, amount: rounded(percentOf(percent, fraction(base)), 0) };
    // All rates are contained in the same prices, and each takes its part of them.
    const gross = base + sum(taxed.flatMap((line) => line.taxes.map(({ amount }) => amount)));
    const share = by(read(percent), total([HUNDRED, ...contained]));
    return { inclusive, amount: rounded(times(fraction(gross), share), 0) };
  });
  const exclusive = taxes.filter(({ inclusive }) => !inclusive).reduce((all, { amount }) => all + amount, 0n);
  const expected = {
    number,
    subtotal: sum(document.lines.map(({ amount }) => amount)),
    discounts: sum(document.discounts.map(({ taken }) => taken)),
    taxes: taxes.map(({ amount }) => amount),
    total: of(document.subtotal) - of(document.discount_total) + exclusive,
    due: of(document.total) - of(document.credit_applied) - of(document.prepaid_applied),
  };
  expect({
    number,
    subtotal: of(document.subtotal),
    discounts: of(document.discount_total),
    taxes: document.taxes.map(({ amount }) => of(amount)),
    total: of(document.total),
    due: of(document.amount_due),
  }).toEqual(expected);
}
