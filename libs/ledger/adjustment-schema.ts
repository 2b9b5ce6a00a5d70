import { z } from 'zod';
import { EVEN_IF_FAULTY, lineSchema } from '#libs/catalog/fields.ts';
import { currencySchema } from '#libs/pricing/charge-schema.ts';
import { readFigure, signedSchema } from '#libs/pricing/decimal-schema.ts';
import { digitsFault } from '#libs/pricing/digits-fault.ts';
import { CUSTOMER_ACCOUNTS } from './transfer.ts';

/** A change of a balance by hand. */
export const adjustmentSchema = z
  .strictObject({
    id: z.uuid().toLowerCase().optional().describe('Of your own, so that asking twice adjusts once'),
    account: z.enum(CUSTOMER_ACCOUNTS).describe('prepaid: money that was paid in; credit: money that was granted'),
    currency: currencySchema,
    amount: signedSchema
      .refine((text) => !readFigure(text)?.eq('0'), 'must not be 0')
      .describe('Added to the balance; below zero: taken from it')
      .meta({ example: '50.00' }),
    reason: lineSchema(),
  })
  .superRefine((value, context) => {
    const message = digitsFault(value?.amount, value?.currency);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['amount'], message });
  }, EVEN_IF_FAULTY);

export type AdjustmentInput = z.infer<typeof adjustmentSchema>;
