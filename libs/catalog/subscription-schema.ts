import { z } from 'zod';
import { currencySchema } from '#libs/pricing/charge-schema.ts';
import { amountSchema } from '#libs/pricing/decimal-schema.ts';
import { customerKeySchema, dateSchema, EVEN_IF_FAULTY, slugSchema } from './fields.ts';
import { overridesSchema } from './overrides.ts';
import { TRIAL_USAGE } from './subscribed.ts';

const MAX_TRIAL_DAYS = 3650;

export const versionSchema = z.int().min(1).max(2_147_483_647);

const quantitiesSchema = z
  .record(slugSchema, amountSchema)
  .meta({ description: 'What its charges price by name', example: { seats: '5' } });

export const subscriptionSchema = z
  .strictObject({
    customer: customerKeySchema.describe('Key of the customer'),
    plan: slugSchema.describe('Key of the plan'),
    version: versionSchema.optional().describe('Version of the plan; the newest active one if left out'),
    currency: currencySchema.optional().describe("In which it is billed, for ever; the plan's if left out"),
    starts_on: dateSchema.describe("First day, in the customer's time zone"),
    ends_on: dateSchema.nullable().default(null).describe('First day that is not billed any more; null: open'),
    anchor: z
      .union([z.enum(['calendar', 'anniversary']), dateSchema])
      .default('calendar')
      .describe(
        'Where its periods begin: with those of the calendar, on its own first day, or on a day of your choice',
      ),
    quantities: quantitiesSchema.default({}),
    overrides: overridesSchema.default({}).describe('By charge key what is different from the plan'),
    trial_days: z.int().min(0).max(MAX_TRIAL_DAYS).default(0).describe('Days from its start without fees'),
    trial_usage: z.enum(TRIAL_USAGE).default('billed').describe('Whether usage of the trial costs something'),
  })
  .superRefine((value, context) => {
    const [from, to] = [dateSchema.safeParse(value?.starts_on), dateSchema.safeParse(value?.ends_on)];
    if (!from.success || !to.success || to.data > from.data) return;
    context.addIssue({ code: 'custom', path: ['ends_on'], message: `must be after starts_on (${from.data})` });
  }, EVEN_IF_FAULTY);

export type SubscriptionInput = z.infer<typeof subscriptionSchema>;

/** Now: today, in the subscription's time zone. */
export const whenSchema = z
  .union([z.enum(['now', 'period_end']), dateSchema])
  .describe('now: today; period_end: with the period that runs; or a day to come');

export const changeSchema = z
  .strictObject({
    plan: slugSchema.optional().describe('Key of another plan'),
    version: versionSchema.optional().describe('Of the plan; the newest active one if left out'),
    quantities: quantitiesSchema.optional().describe('Those not named stay as they are'),
    overrides: overridesSchema.optional().describe('All that are to apply from then on; if left out they stay'),
    when: whenSchema.describe('The change takes effect with the beginning of that day'),
  })
  .superRefine((value, context) => {
    const fields = ['plan', 'version', 'quantities', 'overrides'] as const;
    if (fields.every((field) => value?.[field] === undefined))
      context.addIssue({ code: 'custom', message: `must hold what is to change: ${fields.join(', ')}` });
  }, EVEN_IF_FAULTY);

export const cancellationSchema = z.strictObject({
  when: whenSchema.describe('The subscription ends with the end of that day; period_end: with the period that runs'),
});

export const pauseSchema = z.strictObject({ when: whenSchema.default('now') });

export type When = z.infer<typeof whenSchema>;
