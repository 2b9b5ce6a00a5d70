import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import type { Payment } from './payment-schema.ts';

/** What can still be refunded of it: what it paid on the invoice, less refunds. What went to the customer's credit is there, not here. */
export const leftOfPayment = ({ amount, credited, refunds }: Pick<Payment, 'amount' | 'credited' | 'refunds'>): Big =>
  new Big(amount).minus(credited).minus(sum(refunds.map((refund) => refund.amount)));
