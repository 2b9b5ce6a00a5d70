import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import type { CreditedInvoice } from '../credit/credit-notes.ts';
import { type LineCredit, leftOf, taxLeftOf } from '../credit/take-back.ts';
import type { DocumentTax, InvoiceDocument } from '../documents/document.ts';
import { type BilledPart, type Difference, isSameTax } from './differences.ts';

/** What is to be given back on one invoice. */
export interface InvoiceCredits extends CreditedInvoice {
  readonly credits: readonly LineCredit[];
}

/**
 * Where to give back what was billed too much: on the line of the document itself as far as something of it is left, the rest on the
 * adjustments that billed it later. What credit notes of other kinds gave back already is not given back twice.
 */
export function giveBack(downs: readonly Difference[], of: InvoiceDocument): InvoiceCredits[] {
  const found = downs.flatMap((down) => placesOf(down, of));
  return [...Map.groupBy(found, ({ part }) => part.invoice.id).values()].map((own) => {
    const [{ part }] = own as [(typeof own)[number]];
    return { invoice: part.invoice, notes: part.notes, credits: own.map(({ credit }) => credit) };
  });
}

function placesOf({ parts, charged, taxes }: Difference, of: InvoiceDocument) {
  const found: { readonly part: BilledPart; readonly credit: LineCredit }[] = [];
  let wanted = charged.neg();
  const wantedTaxes = new Map([...taxes].map(([tax, amount]) => [tax, amount.neg()]));
  for (const part of parts) {
    if (wanted.lte('0') && ![...wantedTaxes.values()].some((tax) => tax.gt('0'))) break;
    const left = leftOfPart(part);
    const take = between(wanted, left.charged.gt('0') ? left.charged : new Big('0'));
    wanted = wanted.minus(take);
    const given = new Map<number, Big>();
    for (const [tax, most] of left.taxes) {
      const place = of.taxes.findIndex((own) => isSameTax(own, part.invoice.taxes[tax] as DocumentTax));
      const asked = wantedTaxes.get(place) ?? new Big('0');
      const amount = wanted.gt('0') ? most : between(asked, most);
      given.set(tax, amount);
      wantedTaxes.set(place, asked.minus(amount));
    }
    const added = [...given].flatMap(([tax, amount]) => (part.invoice.taxes[tax]?.inclusive ? [] : [amount]));
    if (take.eq('0') && [...given.values()].every((amount) => amount.eq('0'))) continue;
    found.push({ part, credit: { position: part.line.position, gross: take.plus(sum(added)), taxes: given } });
  }
  return found;
}

const between = (asked: Big, most: Big): Big => (asked.lt('0') ? new Big('0') : asked.gt(most) ? most : asked);

/** What of a billed line no credit note of any kind gave back yet. */
function leftOfPart({ invoice, notes, line }: BilledPart) {
  const gross = leftOf(invoice, notes).get(line.position) as Big;
  const taxes = line.taxes.map(({ tax }) => [tax, taxLeftOf(invoice, notes, line, tax)] as const);
  const added = taxes.flatMap(([tax, amount]) => (invoice.taxes[tax]?.inclusive ? [] : [amount]));
  return { charged: gross.minus(sum(added)), taxes };
}
