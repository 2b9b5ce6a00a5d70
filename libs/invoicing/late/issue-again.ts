import { type DocumentBody, type InvoiceDraft, invoiceBody, type Surroundings, unpaid } from '../documents/assemble.ts';
import type { DocumentTax, InvoiceDocument } from '../documents/document.ts';
import { sameExchange } from '../documents/exchange.ts';
import type { UnitToBill } from '../due/due-unit.ts';
import { addFixedLines } from './add-fixed-lines.ts';
import type { FixedLine } from './adjustment.ts';
import { correctionNote, ratedAgain } from './correct-documents.ts';
import { deduct } from './deduct.ts';
import type { LateDocument } from './late-document.ts';
import { unitId, unitIdOf } from './line-key.ts';
import { reassemble } from './reassemble.ts';
import { usesTaken } from './uses-taken.ts';

/** An invoice issued anew, and credit notes on others that had billed too much of its period. */
export interface IssuedAgain {
  readonly draft: InvoiceDraft;
  readonly notes: readonly InvoiceDraft[];
}

/**
 * A voided invoice again, for its usage as it is now, by its own prices, discounts, taxes and exchange rate; less what others bill of its
 * period. What it adjusts of earlier periods stays on it. `fees`: the units that it bills beside those rated again. @throws CannotBill
 */
export function issueAgain(
  document: LateDocument,
  fees: readonly UnitToBill[],
  surroundings: Surroundings,
): IssuedAgain {
  const { invoice } = document.billed.first;
  const again = ratedAgain(document);
  const settled = reassemble(
    invoice,
    again.map(({ key, lines }) => ({ ...key, lines })),
    surroundings.settlement,
  );
  const { lines: less, credits } = deduct(settled, invoice, document.billed.later, [
    ...again.map(({ key }) => key),
    ...fees,
  ]);
  const own = new Set([...again.map(({ key }) => unitId(key)), ...fees.map(unitId)]);
  const whole = { ...baseOf(invoice, surroundings), ...settled };
  const body = addFixedLines(whole, [...carriedOver(invoice, own), ...less], invoice.currency);
  return {
    draft: {
      customerId: surroundings.customerId,
      units: [...fees, ...again.map(({ key, changeId, pricedBy, now }) => ({ ...key, changeId, pricedBy, ...now }))],
      discountUses: usesTaken(settled.discounts),
      usesSeen: surroundings.settlement.uses,
      body: {
        ...body,
        ...unpaid(body.total, body.currency),
        ...(invoice.exchange && { exchange: sameExchange(body, invoice.exchange) }),
        replaces: { id: invoice.id, number: invoice.number },
      },
    },
    notes: credits.map((each) => correctionNote(each, surroundings)),
  };
}

/** Between the parties as they are now, for the period and at the terms of then. */
function baseOf(invoice: InvoiceDocument, surroundings: Surroundings): DocumentBody {
  const { body } = invoiceBody([], invoice.currency, { ...surroundings, home: null }, undefined);
  const { tax_treatment: _treatment, tax_treatment_reason: _reason, ...rest } = body;
  return {
    ...rest,
    payment_terms_days: invoice.payment_terms_days,
    tax_treatment: invoice.tax_treatment,
    ...(invoice.period && { period: invoice.period }),
  };
}

/** Adjustments of earlier documents; those of its own period are made anew. */
function carriedOver(invoice: InvoiceDocument, own: ReadonlySet<string>): FixedLine[] {
  return invoice.lines
    .filter((line) => line.kind === 'adjustment' && !own.has(unitIdOf(line)))
    .map(({ position: _position, discount: _discount, net: _net, taxes, ...line }) => ({
      line,
      taxes: taxes.map(({ tax, amount }) => ({ tax: invoice.taxes[tax] as DocumentTax, amount })),
    }));
}
