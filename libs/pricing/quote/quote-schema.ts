import { z } from 'zod';
import {
  customerKeySchema,
  dateSchema,
  EVEN_IF_FAULTY,
  lineSchema,
  slugSchema,
  timeZoneSchema,
  valueSchema,
} from '#libs/catalog/fields.ts';
import { chargeSchema, currencySchema } from '../charge-schema.ts';
import { amountSchema, discountPercentSchema, signedSchema } from '../decimal-schema.ts';
import { eitherOf } from '../either-of.ts';
import { refuseDoubledKeys } from '../refuse-doubled-keys.ts';
import { TAX_TREATMENTS } from '../totals/bill.ts';

/** The question of POST /v1/quotes. */

export const MAX_CHARGES = 100;
export const MAX_USAGE = 10_000;
const MAX_EVENTS = 10_000;
/** Each is shared over all lines: more of them would keep others waiting. */
const MAX_DISCOUNTS = 20;
const MAX_TAX_RATES = 20;

const groupSchema = z
  .record(lineSchema(), valueSchema)
  .optional()
  .describe("Values of the charge's group-by properties, or of the dimensions of its matrix");
const eventsSchema = z.array(signedSchema).max(MAX_EVENTS);

export const usageSchema = z
  .strictObject({
    charge: slugSchema,
    quantity: signedSchema.optional(),
    events: eventsSchema.optional().describe('Instead of a quantity: what each event amounts to, in order'),
    group: groupSchema,
  })
  .superRefine(eitherOf('quantity', 'events'), EVEN_IF_FAULTY);

export const billedBeforeSchema = z.strictObject({
  charge: slugSchema,
  quantity: signedSchema.optional(),
  events: eventsSchema.optional(),
  amount: signedSchema.describe('What was billed for it'),
  group: groupSchema,
});

export const discountSchema = z
  .strictObject({
    name: lineSchema().optional(),
    percent: discountPercentSchema.optional(),
    amount: amountSchema.optional(),
    charges: z.array(slugSchema).min(1).max(MAX_CHARGES).optional(),
  })
  .superRefine(eitherOf('percent', 'amount'), EVEN_IF_FAULTY);

export const taxRateSchema = z.strictObject({
  name: lineSchema(),
  percent: amountSchema,
  inclusive: z.boolean().default(false).describe('Contained in the amounts rather than added to them'),
  charges: z.array(slugSchema).min(1).max(MAX_CHARGES).optional(),
});

/** Not a number, which is neither before nor after any other, where it has a complaint of its own. */
const dayOf = (date: unknown): number => (dateSchema.safeParse(date).success ? Date.parse(date as string) : Number.NaN);

const serviceSchema = z
  .strictObject({
    from: dateSchema,
    to: dateSchema.describe('First day that is not billed'),
    period_from: dateSchema,
    period_to: dateSchema,
    time_zone: timeZoneSchema.optional(),
  })
  .superRefine((service, context) => {
    const complain = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    const [from, to] = [dayOf(service?.from), dayOf(service?.to)];
    const [periodFrom, periodTo] = [dayOf(service?.period_from), dayOf(service?.period_to)];
    if (to <= from) complain('to', `must be after from (${service.from})`);
    if (periodTo <= periodFrom) complain('period_to', `must be after period_from (${service.period_from})`);
    if (from < periodFrom) complain('from', `must not be before period_from (${service.period_from})`);
    if (to > periodTo) complain('to', `must not be after period_to (${service.period_to})`);
  }, EVEN_IF_FAULTY);

const periodSchema = z
  .strictObject({ from: dateSchema, to: dateSchema.describe('First day that does not belong to it') })
  .superRefine((period, context) => {
    if (dayOf(period?.to) <= dayOf(period?.from))
      context.addIssue({ code: 'custom', path: ['to'], message: `must be after from (${period.from})` });
  }, EVEN_IF_FAULTY)
  .describe("Local days of the customer's time zone, over by now");

export const quoteSchema = z
  .strictObject({
    currency: currencySchema,
    charges: z.array(chargeSchema).min(1).max(MAX_CHARGES).superRefine(refuseDoubledKeys, EVEN_IF_FAULTY).optional(),
    plan: z.strictObject({ key: slugSchema, version: z.int().min(1).max(2_147_483_647).optional() }).optional(),
    usage: z.array(usageSchema).max(MAX_USAGE).default([]),
    customer: customerKeySchema.optional().describe('Instead of usage: what this customer used in `period`'),
    period: periodSchema.optional(),
    usage_is: z
      .enum(['new', 'cumulative'])
      .default('new')
      .describe('Whether usage comes on top of what was billed before, or holds it'),
    billed_before: z.array(billedBeforeSchema).max(MAX_USAGE).default([]),
    quantities: z.record(slugSchema, amountSchema).default({}),
    service: serviceSchema.optional().describe('Local days, half open: what fees, seats and minimums are shared by'),
    minimum_amount: amountSchema.optional().describe("Beside charges: the plan's commitment"),
    discounts: z.array(discountSchema).max(MAX_DISCOUNTS).default([]),
    tax_rates: z.array(taxRateSchema).max(MAX_TAX_RATES).default([]),
    tax_treatment: z.enum(TAX_TREATMENTS).default('standard'),
    prepaid_balance: amountSchema.default('0'),
  })
  .superRefine((quote, context) => {
    if (typeof quote !== 'object' || quote === null) return;
    const complain = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if ((quote.charges === undefined) === (quote.plan === undefined))
      complain('charges', 'send either charges or a plan');
    if ((quote.customer === undefined) !== (quote.period === undefined))
      complain(quote.customer === undefined ? 'customer' : 'period', 'is missing: customer and period go together');
    for (const field of ['usage', 'billed_before'] as const)
      if (quote.customer !== undefined && Array.isArray(quote[field]) && quote[field].length > 0)
        complain(field, 'must be left out beside customer: what the customer used is priced');
    if (quote.plan !== undefined && quote.minimum_amount !== undefined)
      complain('minimum_amount', 'must be left out beside plan: the plan has its own');
  }, EVEN_IF_FAULTY);

export type QuoteInput = z.infer<typeof quoteSchema>;
