import { allocate } from '#libs/money/allocate.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { digitFaults } from './digit-faults.ts';
import { type LineCredit, leftOf } from './take-back.ts';

/** What of an invoice is to be given back; amounts are gross decimal strings in the currency's digits. */
export type CreditWish =
  | { readonly kind: 'full' }
  | { readonly kind: 'lines'; readonly lines: readonly { readonly position: number; readonly amount: string | null }[] }
  | { readonly kind: 'amount'; readonly amount: string };

/** Why it cannot be, with the place in the wish. */
export interface CreditFault {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * What a wish takes of each line, given earlier notes. An amount is shared over all lines by what is left of them, largest remainders first.
 * Lines below zero are given back only with everything, so what they took off the invoice is not given back with the others.
 */
export function creditsOf(
  invoice: InvoiceDocument,
  notes: readonly InvoiceDocument[],
  wish: CreditWish,
): { readonly credits: readonly LineCredit[]; readonly faults: readonly CreditFault[] } {
  const left = leftOf(invoice, notes);
  if (wish.kind === 'full') return full(invoice, left);
  const digits = digitFaults(wish, invoice.currency);
  if (wish.kind === 'lines') {
    const { credits, faults } = ofLines(invoice, left, wish.lines);
    return { credits, faults: [...digits, ...faults] };
  }
  const positive = [...left].filter(([, gross]) => gross.gt('0'));
  const most = sum([...left.values()]);
  const above = new Big(wish.amount).gt(most)
    ? [{ pointer: '/amount', detail: tooMuch(wish.amount, most, invoice) }]
    : [];
  if (digits.length + above.length > 0) return { credits: [], faults: [...digits, ...above] };
  const parts = allocate(
    new Big(wish.amount),
    positive.map(([, gross]) => gross),
    invoice.currency,
  );
  const credits = positive.map(([position], index) => ({ position, gross: parts[index] as Big }));
  return { credits: credits.filter(({ gross }) => gross.gt('0')), faults: [] };
}

function full(invoice: InvoiceDocument, left: ReadonlyMap<number, Big>) {
  const credits = [...left].map(([position, gross]) => ({ position, gross })).filter(({ gross }) => !gross.eq('0'));
  const faults = sum([...left.values()]).gt('0')
    ? []
    : [{ pointer: '', detail: `nothing is left of invoice ${invoice.number}: all of it was given back` }];
  return { credits, faults };
}

function ofLines(
  invoice: InvoiceDocument,
  left: ReadonlyMap<number, Big>,
  lines: readonly { readonly position: number; readonly amount: string | null }[],
) {
  const faults: CreditFault[] = [];
  const credits = lines.flatMap(({ position, amount }, index): LineCredit[] => {
    const rest = left.get(position);
    const at = `/lines/${index}`;
    if (rest === undefined) {
      faults.push({ pointer: `${at}/line`, detail: `invoice ${invoice.number} has no line ${position}` });
      return [];
    }
    if (lines.findIndex((other) => other.position === position) < index)
      faults.push({ pointer: `${at}/line`, detail: `line ${position} is named twice` });
    const gross = amount === null ? rest : new Big(amount);
    if (rest.lte('0')) faults.push({ pointer: `${at}/line`, detail: `nothing of line ${position} can be given back` });
    else if (gross.gt(rest)) faults.push({ pointer: `${at}/amount`, detail: tooMuch(gross.toFixed(), rest, invoice) });
    return [{ position, gross }];
  });
  const [wanted, most] = [sum(credits.map(({ gross }) => gross)), sum([...left.values()])];
  if (faults.length === 0 && wanted.gt(most))
    faults.push({ pointer: '/lines', detail: tooMuch(wanted.toFixed(), most, invoice) });
  return { credits, faults };
}

const tooMuch = (wanted: string, left: Big, { number, currency }: InvoiceDocument): string =>
  `is ${wanted}, but only ${left.toFixed()} ${currency} of it is left on invoice ${number}, taxes included`;
