import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { formatAmount, formatQuantity, formatRate } from '#libs/money/format.ts';
import type { PriceRule, PriceStep } from '#libs/pricing/price-step.ts';
import type { DocumentLine, InvoiceDocument } from '../document.ts';
import { instantRange } from './dates.ts';
import { messages } from './messages.ts';

/** What the table shows, as text: one row a line, its working beneath. */
export interface TableRow {
  readonly description: string;
  /** Service dates and number of events. */
  readonly detail: string;
  readonly figures: Figures;
  readonly steps: readonly StepRow[];
}

export interface StepRow {
  readonly description: string;
  readonly figures: Figures;
}

/** Empty where a column says nothing. */
export interface Figures {
  readonly quantity: string;
  readonly unitPrice: string;
  readonly amount: string;
}

export function tableRows(document: InvoiceDocument): TableRow[] {
  return document.lines.map((line) => tableRow(line, document));
}

function tableRow(line: DocumentLine, { currency, period }: InvoiceDocument): TableRow {
  const dates =
    line.service_from && line.service_to && period
      ? instantRange(line.service_from, line.service_to, period.time_zone)
      : '';
  const events = line.evidence === undefined ? [] : [messages.events(formatQuantity(line.evidence.event_count))];
  const [only] = line.steps;
  const isPlain = line.steps.length === 1 && only !== undefined && isPlainStep(only);
  return {
    description: line.description,
    detail: [dates, ...events].join(' · '),
    figures: {
      quantity: formatQuantity(line.quantity),
      unitPrice: isPlain && only.unit_amount !== undefined ? formatRate(only.unit_amount, currency) : '',
      amount: formatAmount(line.amount, currency),
    },
    steps: isPlain ? [] : line.steps.map((step) => stepRow(step, currency)),
  };
}

/** A single rate says all in the line's own row; tiers and shares are shown beneath. */
function isPlainStep(step: PriceStep): boolean {
  return step.rule === 'per_unit' || step.rule === 'flat';
}

function stepRow(step: PriceStep, currency: string): StepRow {
  return {
    description: DESCRIPTIONS[step.rule](step),
    figures: {
      quantity: COUNTED.has(step.rule) ? formatQuantity(step.quantity) : '',
      unitPrice: step.unit_amount === undefined ? '' : formatRate(step.unit_amount, currency),
      amount: CHANGES_QUANTITY.has(step.rule) ? '' : stepAmount(step.amount, currency),
    },
  };
}

/** Steps whose quantity belongs into the column of quantities: others count once, or count days. */
const COUNTED: ReadonlySet<PriceRule> = new Set([
  'per_unit',
  'tier',
  'package',
  'matrix',
  'multiplier',
  'percent',
  'fixed_per_event',
  'convert',
  'included_units',
  'free_events',
  'free_amount',
]);
const CHANGES_QUANTITY: ReadonlySet<PriceRule> = new Set(['convert', 'included_units', 'free_events', 'free_amount']);

const DESCRIPTIONS: Readonly<Record<PriceRule, (step: PriceStep) => string>> = {
  convert: ({ result }) => messages.convert(formatQuantity(result ?? '0')),
  included_units: () => messages.includedUnits,
  flat: () => messages.flat,
  per_unit: () => messages.perUnit,
  tier: (step) => (step.percent === undefined ? tierName(step) : messages.percentOf(step.percent, tierName(step))),
  tier_flat: (step) => messages.tierFlat(tierName(step)),
  package: ({ per }) => messages.package(formatQuantity(per ?? '1')),
  free_events: () => messages.freeEvents,
  free_amount: () => messages.freeAmount,
  percent: ({ percent }) => messages.percent(percent ?? '0'),
  fixed_per_event: () => messages.fixedPerEvent,
  minimum_per_event: ({ quantity }) => messages.minimumPerEvent(formatQuantity(quantity)),
  maximum_per_event: ({ quantity }) => messages.maximumPerEvent(formatQuantity(quantity)),
  not_below_zero: () => messages.notBelowZero,
  matrix: ({ values = [] }) => values.map((value) => value ?? messages.noValue).join(', '),
  multiplier: () => messages.multiplier,
  unit_rate: () => messages.unitRate,
  proration: ({ quantity, per }) => messages.proration(formatQuantity(quantity), formatQuantity(per ?? '0')),
  unused: ({ quantity, per }) => messages.unused(formatQuantity(quantity), formatQuantity(per ?? '0')),
  discount: ({ percent }) => messages.discount(percent ?? '0'),
  maximum: () => messages.maximum,
  rounding: () => messages.rounding,
  billed_before: () => messages.billedBefore,
  minimum: () => messages.minimum,
  charged: () => messages.charged,
  credited: () => messages.givenBack,
};

function tierName({ from = '0', up_to: upTo = null }: PriceStep): string {
  const lower = formatQuantity(from);
  if (upTo === null) return from === '0' ? messages.onlyTier : messages.lastTier(lower);
  return from === '0' ? messages.firstTier(formatQuantity(upTo)) : messages.middleTier(lower, formatQuantity(upTo));
}

/** Not yet rounded, so shown with all its digits; only the endless share of a fee is cut, and says so. */
function stepAmount(amount: string, currency: string): string {
  const value = new Big(amount);
  if (value.eq(value.round(EXACT_DIGITS))) return formatRate(value, currency);
  return messages.about(formatRate(value.round(currencyDigits(currency) + FURTHER_DIGITS), currency));
}

/** Products of a quantity and a rate, both of at most 15 fraction digits, end here. */
const EXACT_DIGITS = 30;
const FURTHER_DIGITS = 4;
