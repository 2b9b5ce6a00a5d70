import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { amountText } from '../amount-text.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import type { CreditFault } from './credit-request.ts';
import { partFaults } from './part-faults.ts';

/** Where the total of a credit note is to go; what is left out is chosen. Decimal strings, not negative. */
export interface WantedSplit {
  readonly offset?: string | undefined;
  readonly refund?: string | undefined;
  readonly credit?: string | undefined;
}

/** How its invoice stands. `refundable`: of payments, what no note promised to pay back yet. */
export interface Standing {
  readonly remaining: string;
  readonly refundable: string;
}

type Settlement = NonNullable<InvoiceDocument['settlement']>;

/**
 * Splits what is given back: offset of what is unpaid first, unless more of it is wanted as refund or credit. `total`: decimal string, positive.
 * Nothing that is still to be paid is paid out: refund and credit together are at most what is more than the rest of the invoice.
 */
export function splitCredit(
  total: string,
  { remaining, refundable }: Standing,
  wanted: WantedSplit,
  currency: string,
): { readonly settlement: Settlement; readonly faults: readonly CreditFault[] } {
  const given = new Big(total);
  const unpaid = new Big(remaining);
  const offset = wanted.offset === undefined ? least(unpaid, given) : new Big(wanted.offset);
  const rest = given.minus(offset);
  const restAfter = (part: string): Big => notBelowZero(rest.minus(part));
  const refund = wanted.refund === undefined ? restAfter(wanted.credit ?? rest.toFixed()) : new Big(wanted.refund);
  const credit = wanted.credit === undefined ? restAfter(refund.toFixed()) : new Big(wanted.credit);
  const money = (amount: Big) => amountText(amount, currency);
  const parts = { offset: offset.toFixed(), refund: refund.toFixed() };
  const faults = partFaults({ remaining, refundable }, parts, currency);
  if (!sum([offset, refund, credit]).eq(given))
    faults.push({
      pointer: '/settlement',
      detail: `must come to the total of ${money(given)} ${currency}: it is ${money(sum([offset, refund, credit]))}`,
    });
  else if (offset.lt(least(unpaid, given)))
    faults.push({
      pointer: '/settlement/offset',
      detail: `must be ${money(least(unpaid, given))}: what is unpaid is taken off first`,
    });
  return { settlement: { offset: money(offset), refund: money(refund), credit: money(credit) }, faults };
}

const notBelowZero = (amount: Big): Big => (amount.lt('0') ? new Big('0') : amount);

const least = (one: Big, other: Big): Big => (one.lt(other) ? one : other);
