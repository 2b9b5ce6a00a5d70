import { z } from 'zod';
import { amountString } from '#libs/money/amount-string.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { PAYMENT_METHODS, type Payment } from '#libs/payments/payment-schema.ts';
import { idSchema, timeSchema } from './fields.ts';

/** Payments as the API shows them. */
export const paymentAnswer = z.object({
  id: idSchema,
  invoice: z.object({ id: idSchema, number: z.string() }),
  customer: z.string().describe('Key of the customer'),
  currency: z.string(),
  amount: z.string().describe('As it came in: applied and credited'),
  applied: z.string().describe('What it paid on the invoice'),
  credited: z.string().describe("What was more than was left to pay and went to the customer's credit balance"),
  refunded: z.string(),
  received_on: z.iso.date(),
  method: z.enum(PAYMENT_METHODS),
  reference: z.string().nullable(),
  refunds: z.array(z.object({ id: idSchema, amount: z.string(), reason: z.string(), created_at: timeSchema })),
  created_at: timeSchema,
});

export function presentPayment(payment: Payment): z.infer<typeof paymentAnswer> {
  const { currency, refunds } = payment;
  return {
    id: payment.id,
    invoice: { id: payment.invoiceId, number: payment.invoiceNumber },
    customer: payment.customerKey,
    currency,
    amount: amountString(payment.amount, currency),
    applied: amountString(new Big(payment.amount).minus(payment.credited), currency),
    credited: amountString(payment.credited, currency),
    refunded: amountString(sum(refunds.map(({ amount }) => amount)), currency),
    received_on: payment.receivedOn,
    method: payment.method,
    reference: payment.reference,
    refunds: refunds.map(({ id, amount, reason, createdAt }) => ({
      id,
      amount: amountString(amount, currency),
      reason,
      created_at: new Date(createdAt).toISOString(),
    })),
    created_at: payment.createdAt.toISOString(),
  };
}
