import { addDays } from '#libs/catalog/billing-period.ts';
import { allocate } from '#libs/money/allocate.ts';
import { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { sum } from '#libs/money/sum.ts';
import { amountText } from '../amount-text.ts';
import type { InvoiceDraft, Surroundings, UnitCut } from '../documents/assemble.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import type { DueCredit } from '../due/due-credits.ts';
import { unitKeyText } from '../due/due-unit.ts';
import { creditNoteBody } from './cancellation.ts';
import { leftOf, takeBack } from './take-back.ts';

/** An invoice with the credit notes that stand on it. */
export interface CreditedInvoice {
  readonly invoice: InvoiceDocument;
  readonly notes: readonly InvoiceDocument[];
}

/** A credit with the invoice that it corrects; null where that was skipped. */
export interface FoundCredit extends DueCredit {
  readonly found: CreditedInvoice | null;
}

type CreditOnInvoice = FoundCredit & { readonly found: CreditedInvoice };

const isOnInvoice = (credit: FoundCredit): credit is CreditOnInvoice => credit.found !== null;

/** What only frees its days, since nothing was billed for them, or nothing of that is left to be given back: not on any of these notes. */
export const freedCuts = (credits: readonly FoundCredit[], notes: readonly InvoiceDraft[]): UnitCut[] => {
  const noted = new Set(notes.flatMap(({ cuts }) => (cuts ?? []).map(unitKeyText)));
  return credits
    .filter(({ unit }) => !noted.has(unitKeyText(unit)))
    .map((credit) => {
      const { unit, invoiceId, keptUntil, amount, currency } = credit;
      return { ...unit, invoiceId, keptUntil, credited: amountText(shareOf(new Big(amount), credit), currency) };
    });
};

/**
 * The credit notes that give back the unused shares of fees, at their discounts and taxes: one for each invoice that billed them and of which
 * something is left.
 */
export function creditNotes(credits: readonly FoundCredit[], surroundings: Surroundings): InvoiceDraft[] {
  const notes: InvoiceDraft[] = [];
  const onInvoices = credits.filter(isOnInvoice);
  for (const group of Map.groupBy(onInvoices, ({ invoiceId, dueOn }) => `${invoiceId} ${dueOn}`).values()) {
    const [{ found }] = group as [CreditOnInvoice];
    // A note of another day on the same invoice, made just now, was given before this one.
    const now = notes.flatMap(({ body }) => (body.corrects?.id === found.invoice.id ? [body as InvoiceDocument] : []));
    const note = creditNote(group, { invoice: found.invoice, notes: [...found.notes, ...now] }, surroundings);
    if (note !== null) notes.push({ ...note, notesSeen: found.notes.length });
  }
  return notes;
}

function creditNote(
  credits: readonly CreditOnInvoice[],
  { invoice, notes }: CreditedInvoice,
  { customerId, creditsIssuedOn }: Surroundings,
): InvoiceDraft | null {
  const [first] = credits as [CreditOnInvoice];
  const parts = partsOf(credits, invoice, leftOf(invoice, notes));
  if (parts.length === 0) return null;
  const takenBack = takeBack(invoice, notes, parts);
  const reason = `Not used from ${first.dueOn} on`;
  return {
    customerId,
    units: [],
    discountUses: [],
    usesSeen: [],
    cuts: credits
      .filter((credit) => parts.some((part) => part.credit === credit))
      .map((credit) => ({
        ...credit.unit,
        invoiceId: credit.invoiceId,
        keptUntil: credit.keptUntil,
        credited: amountText(
          sum(takenBack.lines.flatMap(({ amount }, index) => (parts[index]?.credit === credit ? [amount] : []))).neg(),
          invoice.currency,
        ),
      })),
    body: {
      ...creditNoteBody(invoice, takenBack, { reason, issueDate: creditsIssuedOn }),
      period: { from: first.dueOn, to: credits.map(lastDay).sort().at(-1) as string, time_zone: first.timeZone },
    },
  };
}

/** What is given back of each line: no more together than is left of the invoice, from which lines below zero took something off. */
function partsOf(credits: readonly CreditOnInvoice[], invoice: InvoiceDocument, left: ReadonlyMap<number, Big>) {
  const parts = credits
    .flatMap((credit) =>
      linesOf(credit, invoice).map(({ position }) => ({
        credit,
        position,
        gross: shareOf(left.get(position) as Big, credit),
        service_from: credit.keptUntil,
        step: { rule: 'unused' as const, quantity: String(credit.days), per: String(credit.unitDays) },
      })),
    )
    .filter(({ gross }) => gross.gt('0'));
  const most = sum([...left.values()]);
  const wanted = parts.map(({ gross }) => gross);
  if (sum(wanted).lte(most)) return parts;
  const capped = allocate(most, wanted, invoice.currency);
  return parts.map((part, index) => ({ ...part, gross: capped[index] as Big })).filter(({ gross }) => gross.gt('0'));
}

/** The lines that bill a unit. It may have been cut down since, but never at its beginning. */
const linesOf = ({ unit }: FoundCredit, { lines }: InvoiceDocument) =>
  lines.filter(
    (line) =>
      line.subscription_id === unit.subscriptionId &&
      line.charge_key === unit.chargeKey &&
      (line.kind === 'fee' || line.kind === 'minimum') &&
      Date.parse(line.service_from as string) === Date.parse(unit.serviceFrom),
  );

/** Of what is left of a line. Multiplied before it is divided. */
const shareOf = (left: Big, { days, unitDays, currency }: DueCredit): Big =>
  roundToCurrency(left.times(String(days)).div(String(unitDays)), currency);

const lastDay = ({ dueOn, days }: DueCredit): string => addDays(dueOn, days);
