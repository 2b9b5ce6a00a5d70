import { Big } from '#libs/money/decimal.ts';
import type { DocumentBody } from '../documents/assemble.ts';
import { type Held, offsetFirst, payFromBalances } from './pay-from-balances.ts';

/** A document with whom it is for. */
interface Settled {
  readonly customerId: string;
  readonly body: DocumentBody;
}

/** What there is to settle with before any of the documents. */
export interface Means {
  /** Of each customer and currency, by `bookText`. */
  readonly held: ReadonlyMap<string, Held>;
  /** What is still to be paid of invoices that are credited, by id. */
  readonly remaining: ReadonlyMap<string, string>;
}

/**
 * Documents as they are settled, credit notes first: these take off what is unpaid of their invoices and give the rest as credit, and invoices
 * are paid from what their customers have, that credit included.
 */
export function settle<Document extends Settled>(documents: readonly Document[], means: Means): Document[] {
  const [held, remaining] = [new Map(means.held), new Map(means.remaining)];
  const heldBy = (document: Document): Held => held.get(bookText(bookOf(document))) ?? NOTHING;
  const notes = documents
    .filter(({ body }) => body.kind === 'credit_note')
    .map((note): Document => {
      const id = correctedBy(note);
      const left = remaining.get(id) ?? '0';
      const body = offsetFirst(note.body, left);
      const { offset = '0', credit = '0' } = body.settlement ?? {};
      remaining.set(id, new Big(left).minus(offset).toFixed());
      const before = heldBy(note);
      held.set(bookText(bookOf(note)), { ...before, credit: new Big(before.credit).plus(credit).toFixed() });
      return { ...note, body };
    });
  const invoices = documents
    .filter(({ body }) => body.kind === 'invoice')
    .map((invoice): Document => {
      const { body, left } = payFromBalances(invoice.body, heldBy(invoice));
      held.set(bookText(bookOf(invoice)), left);
      return { ...invoice, body };
    });
  return [...notes, ...invoices];
}

const NOTHING: Held = { credit: '0', prepaid: '0' };

export const bookOf = ({ customerId, body: { currency } }: Settled) => ({ customerId, currency });
/** One text for each customer and currency. */
export const bookText = ({
  customerId,
  currency,
}: Pick<Settled, 'customerId'> & { readonly currency: string }): string => `${customerId} ${currency}`;

/** Id of the invoice that a credit note is on. */
export const correctedBy = ({ body: { corrects } }: Settled): string => (corrects as { id: string }).id;
