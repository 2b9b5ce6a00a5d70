import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { amountText } from '../amount-text.ts';
import type { DocumentBody } from '../documents/assemble.ts';
import type { RunTotal } from '../store/upsert-run-totals.ts';

/** What documents come to, by currency. */
export function runTotals(documents: readonly Pick<DocumentBody, 'kind' | 'currency' | 'total'>[]): RunTotal[] {
  return [...Map.groupBy(documents, ({ currency }) => currency)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([currency, own]) => {
      const invoices = own.filter(({ kind }) => kind === 'invoice');
      const notes = own.filter(({ kind }) => kind === 'credit_note');
      return {
        currency,
        invoices: invoices.length,
        total: amountText(sum(invoices.map(({ total }) => total)), currency),
        creditNotes: notes.length,
        credited: amountText(new Big('0').minus(sum(notes.map(({ total }) => total))), currency),
      };
    });
}
