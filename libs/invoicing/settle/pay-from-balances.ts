import { Big } from '#libs/money/decimal.ts';
import { amountText } from '../amount-text.ts';
import type { DocumentBody } from '../documents/assemble.ts';

/** What a customer has in the currency of a document, decimal strings, not negative. */
export interface Held {
  readonly credit: string;
  readonly prepaid: string;
}

/** An invoice paid as far as balances reach, credit first, and what is left of them. Taxes are in the total: balances pay the gross amount. */
export function payFromBalances(body: DocumentBody, held: Held): { readonly body: DocumentBody; readonly left: Held } {
  const { currency } = body;
  const credit = least(new Big(held.credit), new Big(body.total));
  const afterCredit = new Big(body.total).minus(credit);
  const prepaid = least(new Big(held.prepaid), afterCredit);
  const money = (amount: Big): string => amountText(amount, currency);
  return {
    body: {
      ...body,
      credit_applied: money(credit),
      prepaid_applied: money(prepaid),
      amount_due: money(afterCredit.minus(prepaid)),
    },
    left: {
      credit: new Big(held.credit).minus(credit).toFixed(),
      prepaid: new Big(held.prepaid).minus(prepaid).toFixed(),
    },
  };
}

/** A credit note takes off what is still to be paid; what was paid becomes credit of the customer. `remaining`: of its invoice. */
export function offsetFirst(body: DocumentBody, remaining: string): DocumentBody {
  const given = new Big(body.total).neg();
  const offset = least(new Big(remaining), given);
  const money = (amount: Big): string => amountText(amount, body.currency);
  return {
    ...body,
    settlement: { offset: money(offset), refund: money(new Big('0')), credit: money(given.minus(offset)) },
  };
}

const least = (one: Big, other: Big): Big => (one.lt(other) ? one : other);
