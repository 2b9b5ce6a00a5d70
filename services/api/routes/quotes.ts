import { amountsInPlanCurrency } from '#libs/catalog/amounts-in-plan-currency.ts';
import { localDateAt, startOfLocalDay } from '#libs/catalog/billing-period.ts';
import type { Customer } from '#libs/catalog/customer-schema.ts';
import { meterFaults } from '#libs/catalog/meter-faults.ts';
import { selectCharges } from '#libs/catalog/store/select-charges.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { selectPlan } from '#libs/catalog/store/select-plan.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { pointerOf } from '#libs/http/describe-issues.ts';
import { ApiError, type FieldError, invalidField, invalidFields } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { readMeteredUsage } from '#libs/invoicing/collect/read-metered-usage.ts';
import { meteredGroups } from '#libs/invoicing/rate/metered-groups.ts';
import { RawEventsGone } from '#libs/metering/read/raw-events-gone.ts';
import type { StoredMeter } from '#libs/metering/store/meter-row.ts';
import { selectMeterVersions } from '#libs/metering/store/select-meter-versions.ts';
import { CannotPrice } from '#libs/pricing/cannot-price.ts';
import type { GroupUsage } from '#libs/pricing/charge/price-charge.ts';
import type { Charge } from '#libs/pricing/charge-schema.ts';
import { isFee } from '#libs/pricing/price-in.ts';
import { priceQuote } from '#libs/pricing/quote/price-quote.ts';
import { type QuoteFault, quoteFaults } from '#libs/pricing/quote/quote-faults.ts';
import { type QuoteInput, quoteSchema } from '#libs/pricing/quote/quote-schema.ts';
import { type SalvagedQuote, salvageQuote } from '#libs/pricing/quote/salvage-quote.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { presentQuote, quoteAnswer } from '../present-quote.ts';

export function quoteRoutes({ pool, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/quotes',
      scope: 'read',
      idempotency: 'needless',
      summary: 'What usage would cost, or what a customer would have paid; stores nothing',
      body: quoteSchema,
      response: quoteAnswer,
      moreFaults: ({ organizationId, body }) =>
        inOrganization(pool, organizationId, (tx) => faultsOfRefused(tx, organizationId, body)),
      async handler({ organizationId, clockOffset, body }) {
        const priced = await inOrganization(
          pool,
          organizationId,
          (tx) => quote(tx, organizationId, body, now() + clockOffset),
          'REPEATABLE READ READ ONLY',
        );
        return { body: presentQuote(priced, body.currency) };
      },
    }),
  ];
}

async function quote(tx: Transaction, organizationId: number, input: QuoteInput, now: number) {
  const found = await chargesOf(tx, organizationId, input);
  const errors = await faultsOf(tx, organizationId, input, found);
  if (errors.length > 0) throw invalidFields(errors.map(toFieldError));
  const { charges = [], minimum } = found;
  try {
    const metered = await meteredOf(tx, organizationId, input, charges, now);
    return priceQuote(input, charges, minimum, metered);
  } catch (error) {
    if (error instanceof CannotPrice) throw invalidField('/usage', error.message, 'missing_price');
    if (error instanceof RawEventsGone) throw new ApiError('raw_events_gone', error.message);
    throw error;
  }
}

/** What else is wrong with a quote that its schema refused. */
async function faultsOfRefused(tx: Transaction, organizationId: number, body: unknown): Promise<FieldError[]> {
  const { quote: asked, isCertain } = salvageQuote(body);
  const faults = await faultsOf(tx, organizationId, asked, await chargesOf(tx, organizationId, asked));
  return faults.filter(isCertain).map(toFieldError);
}

type Asked = SalvagedQuote['quote'];

interface Found {
  /** Undefined: not known which. */
  readonly charges?: readonly Charge[];
  /** The plan's commitment. */
  readonly minimum?: string | undefined;
  readonly from: '/charges' | '/plan';
  readonly faults?: readonly QuoteFault[];
}

async function faultsOf(
  tx: Transaction,
  organizationId: number,
  asked: Asked,
  { charges, from, faults = [] }: Found,
): Promise<QuoteFault[]> {
  // Of charges that are not known nobody can say that they do not exist.
  if (!charges) return [...faults, ...quoteFaults(asked, [], from).filter(({ code }) => code !== 'unknown_charge')];
  const keys = charges.flatMap(({ meter }) => meter ?? []);
  const meters = await selectMeterVersions(tx, organizationId, keys);
  return [...faults, ...quoteFaults(asked, charges, from), ...faultsOfMeters(asked, charges, meters, from)];
}

const toFieldError = ({ pointer, code, detail }: QuoteFault): FieldError => ({
  pointer,
  ...(code !== undefined && { code }),
  detail,
});

/** The charges in the body, or those of the plan that it names. */
async function chargesOf(tx: Transaction, organizationId: number, asked: Asked): Promise<Found> {
  const { charges, plan, currency } = asked;
  if (charges) return { charges, minimum: asked.minimum_amount, from: '/charges' };
  if (!plan) return { from: '/plan' };
  const { key, version } = plan;
  const found = await selectPlan(tx, organizationId, key, version ?? null);
  if (!found) {
    const detail = `There is no plan "${key}"${version === undefined ? '' : ` with version ${version}`}.`;
    return { from: '/plan', faults: [{ pointer: '/plan', code: 'unknown_plan', detail }] };
  }
  const stored = await selectCharges(tx, organizationId, [found.id]);
  const terms = stored.map((charge) => charge.terms);
  const minimum = found.minimumAmount ?? undefined;
  const fixed = amountsInPlanCurrency({ charges: stored, minimumAmount: found.minimumAmount }).map(
    ({ charge, field }) => (charge === null ? field : `${field} of charge "${charge}"`),
  );
  if (found.currency === (currency ?? found.currency) || fixed.length === 0)
    return { charges: terms, minimum, from: '/plan' };
  const detail = `Plan "${key}" is in ${found.currency}, and nothing converts its ${fixed.join(', ')} into ${currency}.`;
  return { charges: terms, from: '/plan', faults: [{ pointer: '/currency', code: 'missing_price', detail }] };
}

/** Charges that count by a meter that does not exist, and new usage that cannot be added to what was billed before. */
function faultsOfMeters(
  { billed_before: before, usage_is }: Asked,
  charges: readonly Charge[],
  meters: ReadonlyMap<string, readonly StoredMeter[]>,
  from: string,
): QuoteFault[] {
  const ADDITIVE = ['count', 'sum'];
  return charges.flatMap((charge, index): QuoteFault[] => {
    const { key, meter } = charge;
    if (meter === undefined) return [];
    const known = meters.get(meter)?.at(-1);
    // What an archived meter counted can still be priced.
    const faults = meterFaults(charge, known && { ...known, archivedAt: null });
    if (!known || faults.length > 0)
      return faults.map(({ path, code, detail }) => ({
        pointer: from === '/plan' ? from : pointerOf(['charges', index, ...path]),
        code,
        detail,
      }));
    const place = before.findIndex((billed) => billed.charge === key);
    if (place < 0 || usage_is === 'cumulative' || ADDITIVE.includes(known.aggregation)) return [];
    const detail = `the meter "${meter}" is a ${known.aggregation}, which does not add up: send cumulative usage with "usage_is": "cumulative"`;
    return [{ pointer: `/billed_before/${place}/charge`, code: 'not_additive', detail }];
  });
}

/** What the customer that the quote names used in its period; empty where it names none. */
async function meteredOf(
  tx: Transaction,
  organizationId: number,
  { customer: key, period, currency }: QuoteInput,
  charges: readonly Charge[],
  now: number,
): Promise<Map<string, GroupUsage[]>> {
  if (key === undefined || period === undefined) return new Map();
  const customer = await selectCustomerByKey(tx, organizationId, key);
  if (!customer) throw invalidField('/customer', `There is no customer "${key}".`, 'unknown_customer');
  const today = localDateAt(now, customer.timeZone);
  if (period.to > today)
    throw invalidField(
      '/period/to',
      `must not be after today (${today} in ${customer.timeZone}): only what is over can be priced`,
    );
  const counted = charges.filter((charge) => !isFee(charge));
  const usage = await readMeteredUsage(
    tx,
    organizationId,
    counted.map((charge) => ({ charge, currency, request: requestOf(charge, customer, period) })),
  );
  return new Map(counted.map((charge, index) => [charge.key, meteredGroups(usage[index] ?? [])]));
}

const requestOf = (
  { meter }: Charge,
  { key, aliases, timeZone }: Customer,
  { from, to }: NonNullable<QuoteInput['period']>,
) => ({
  meter: meter as string,
  names: [key, ...aliases],
  from: startOfLocalDay(from, timeZone),
  to: startOfLocalDay(to, timeZone),
});
