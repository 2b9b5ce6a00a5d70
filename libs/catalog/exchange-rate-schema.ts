import { z } from 'zod';
import type { ExchangeRate } from '#libs/money/find-rate.ts';
import { currencySchema } from '#libs/pricing/charge-schema.ts';
import { positiveSchema } from '#libs/pricing/decimal-schema.ts';
import { dateSchema, EVEN_IF_FAULTY, lineSchema } from './fields.ts';

/** What one unit of a currency costs in another on a day. */
export const exchangeRateSchema = z
  .strictObject({
    from: currencySchema,
    to: currencySchema.meta({ example: 'EUR' }),
    rate: positiveSchema.meta({ example: '0.9234' }).describe('What one unit of `from` costs in `to`'),
    date: dateSchema.describe(
      'The day it is of. It holds for that day and the seven after it, until there is a newer one',
    ),
    source: lineSchema().describe('Who says so; printed on documents').meta({ example: 'ECB' }),
  })
  .superRefine((value, context) => {
    if (typeof value?.to === 'string' && value.to === value.from)
      context.addIssue({ code: 'custom', path: ['to'], message: 'must be another currency than from' });
  }, EVEN_IF_FAULTY);

export type ExchangeRateInput = z.infer<typeof exchangeRateSchema>;

/** A rate as it is stored. */
export interface ExchangeRateEntry extends ExchangeRate {
  readonly id: string;
  readonly createdAt: Date;
  /** Null: in force. */
  readonly withdrawnAt: Date | null;
}
