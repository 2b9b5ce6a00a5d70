import { z } from 'zod';
import { dateSchema, EVEN_IF_FAULTY, lineSchema } from '#libs/catalog/fields.ts';
import { currencySchema } from '#libs/pricing/charge-schema.ts';
import { positiveSchema } from '#libs/pricing/decimal-schema.ts';
import { digitsFault } from '#libs/pricing/digits-fault.ts';

export const PAYMENT_METHODS = ['bank_transfer', 'card', 'cash', 'check', 'direct_debit', 'other'] as const;

const ownId = z.uuid().toLowerCase().optional();

/** Money that came in for an invoice. */
export const paymentSchema = z
  .strictObject({
    id: ownId.describe('Of your own, so that telling twice pays once'),
    invoice: z.uuid().toLowerCase().describe('Id of the invoice'),
    amount: positiveSchema.meta({ example: '50.00' }),
    currency: currencySchema.describe('That of the invoice'),
    received_on: dateSchema,
    method: z.enum(PAYMENT_METHODS),
    reference: lineSchema().optional().describe("As the seller's books know it, such as the bank's reference"),
    overpayment: z
      .literal('credit')
      .optional()
      .describe("What is more than is left to pay goes to the customer's credit balance; left out: it is refused"),
  })
  .superRefine((value, context) => {
    const message = digitsFault(value?.amount, value?.currency);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['amount'], message });
  }, EVEN_IF_FAULTY);

export type PaymentInput = z.infer<typeof paymentSchema>;

/** Money that is given back. */
export const refundSchema = z.strictObject({
  id: ownId.describe('Of your own, so that telling twice refunds once'),
  amount: positiveSchema.meta({ example: '20.00' }),
  reason: lineSchema(),
});

export type RefundInput = z.infer<typeof refundSchema>;

export interface Refund {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: string;
  readonly reason: string;
  readonly createdAt: Date;
}

/** A payment as it is stored. */
export interface Payment {
  readonly id: string;
  /** Of two the later one has the higher. */
  readonly position: string;
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly customerKey: string;
  readonly currency: string;
  readonly amount: string;
  readonly overpayment: 'credit' | null;
  /** The part that went to the customer's credit. */
  readonly credited: string;
  readonly receivedOn: string;
  readonly method: (typeof PAYMENT_METHODS)[number];
  readonly reference: string | null;
  readonly createdAt: Date;
  /** In the order they were made. */
  readonly refunds: readonly {
    readonly id: string;
    readonly amount: string;
    readonly reason: string;
    readonly createdAt: string;
  }[];
}
