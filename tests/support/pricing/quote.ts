import type { Charge } from '#libs/pricing/charge-schema.ts';
import { priceQuote } from '#libs/pricing/quote/price-quote.ts';
import { quoteFaults } from '#libs/pricing/quote/quote-faults.ts';
import { type QuoteInput, quoteSchema } from '#libs/pricing/quote/quote-schema.ts';
import type { Bill } from '#libs/pricing/totals/bill.ts';

/** The question of POST /v1/quotes as JSON; USD unless it says otherwise. */
export type QuoteFields = Readonly<Record<string, unknown>>;

const parsed = (fields: QuoteFields) => quoteSchema.parse({ currency: 'USD', ...fields });

/** What is wrong with a quote whose fields are right: "pointer detail". */
export function quoteFaultsOf(fields: QuoteFields, from: '/charges' | '/plan' = '/charges'): string[] {
  const quote = parsed(fields);
  return quoteFaults(quote, quote.charges as Charge[], from).map(({ pointer, detail }) => `${pointer} ${detail}`);
}

/** The bill of a quote without faults. */
export function quoted(fields: QuoteFields): Bill {
  const quote = parsed(fields);
  return billOf(quote, quote.charges as Charge[], quote.minimum_amount);
}

/** As quoted, of a plan: its charges and commitment are known already. */
export const quotedPlan = (charges: readonly Charge[], minimum: string | undefined, fields: QuoteFields): Bill =>
  billOf(parsed({ plan: { key: 'plan' }, ...fields }), charges, minimum);

function billOf(quote: QuoteInput, charges: readonly Charge[], minimum: string | undefined): Bill {
  const [fault] = quoteFaults(quote, charges, '/charges');
  if (fault) throw new Error(`${fault.pointer} ${fault.detail}`);
  return priceQuote(quote, charges, minimum);
}
