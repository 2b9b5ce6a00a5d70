import type { z } from 'zod';
import { readableFields } from '#libs/catalog/readable-fields.ts';
import { chargeSchema } from '../charge-schema.ts';
import type { QuoteFault } from './quote-faults.ts';
import {
  billedBeforeSchema,
  discountSchema,
  MAX_CHARGES,
  MAX_USAGE,
  type QuoteInput,
  quoteSchema,
  taxRateSchema,
  usageSchema,
} from './quote-schema.ts';

/** What can be read of a quote that its schema refused. */
export interface SalvagedQuote {
  /** What cannot be read is left out. Lists have holes in its places, so that pointers stay right: use methods that pass over holes. */
  readonly quote: Omit<QuoteInput, 'currency'> & { readonly currency: string | undefined };
  /** Whether a fault of what can be read is one indeed, and not only due to what cannot. */
  readonly isCertain: (fault: QuoteFault) => boolean;
}

/** `body` may be anything. */
export function salvageQuote(body: unknown): SalvagedQuote {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const read = readableFields(quoteSchema, body);
  const charges = listOf(chargeSchema, given.charges, MAX_CHARGES);
  const usage = listOf(usageSchema, given.usage, MAX_USAGE);
  const billed = listOf(billedBeforeSchema, given.billed_before, MAX_USAGE);
  const quote: SalvagedQuote['quote'] = {
    currency: read.currency,
    charges: charges.items,
    plan: read.plan,
    usage: usage.items ?? [],
    customer: read.customer,
    period: read.period,
    usage_is: read.usage_is ?? 'new',
    billed_before: (read.usage_is && billed.items) ?? [],
    quantities: read.quantities ?? {},
    discounts: listOf(discountSchema, given.discounts, MAX_CHARGES).items ?? [],
    tax_rates: listOf(taxRateSchema, given.tax_rates, MAX_CHARGES).items ?? [],
    tax_treatment: 'standard',
    prepaid_balance: read.prepaid_balance ?? '0',
  };
  const isDoubtful: Readonly<Record<string, (key: string | undefined) => boolean>> = {
    missing_price: () => read.currency === undefined,
    missing_quantity: () => read.quantities === undefined,
    unknown_charge: (key) => key === undefined || charges.unread.has(key),
    missing_usage: (key) =>
      ((given.customer ?? given.period) !== undefined && read.customer === undefined) ||
      (given.usage !== undefined && !usage.items) ||
      (key === undefined ? usage.unread.size > 0 : usage.unread.has(key)),
  };
  return { quote, isCertain: ({ code, charge }) => !isDoubtful[code ?? '']?.(charge) };
}

/** Entries by their places, and the charges named by those that cannot be read. Undefined: it is no list, or too long. */
function listOf<Entry extends z.ZodType>(schema: Entry, value: unknown, most: number) {
  const items: z.output<Entry>[] = [];
  const unread = new Set<string>();
  if (!Array.isArray(value) || value.length > most) return { items: undefined, unread };
  for (const [index, one] of value.entries()) {
    const parsed = schema.safeParse(one);
    if (parsed.success) items[index] = parsed.data;
    else unread.add(nameOf(one));
  }
  return { items, unread };
}

/** Of a charge its key, of anything else the charge that it names. */
function nameOf(entry: unknown): string {
  const { key, charge } = (entry ?? {}) as { readonly key?: unknown; readonly charge?: unknown };
  return typeof key === 'string' ? key : typeof charge === 'string' ? charge : '';
}
