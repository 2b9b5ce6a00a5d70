import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { formatAmount, formatQuantity, formatRate } from '#libs/money/format.ts';
import type { PriceRule, PriceStep } from '#libs/pricing/price-step.ts';
import type { DocumentLine, InvoiceDocument } from '../documents/document.ts';
import { instantRange } from './dates.ts';
import { isolated } from './isolated.ts';
import type { Messages } from './messages.ts';

/** What the table shows, as text: one row a line, its working beneath. */
export interface TableRow {
  readonly position: string;
  readonly description: string;
  /** Values it is split by, the line it corrects, service dates, number of events; may be empty. */
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

export function tableRows(document: InvoiceDocument, messages: Messages): TableRow[] {
  return document.lines.map((line) => tableRow(line, document, messages));
}

function tableRow(line: DocumentLine, document: InvoiceDocument, messages: Messages): TableRow {
  const { currency } = document;
  const [only] = line.steps;
  const isPlain = line.steps.length === 1 && only !== undefined && isPlainStep(only);
  return {
    position: `${line.position}`,
    description: line.description,
    detail: messages.list(detailsOf(line, document, messages)),
    figures: {
      quantity: formatQuantity(line.quantity),
      unitPrice: isPlain && only.unit_amount !== undefined ? formatRate(only.unit_amount, currency) : '',
      amount: formatAmount(line.amount, currency),
    },
    steps: isPlain ? [] : line.steps.map((step) => stepRow(step, currency, messages)),
  };
}

function detailsOf(line: DocumentLine, { period }: InvoiceDocument, messages: Messages): string[] {
  const { group = {}, of, evidence, service_from: from, service_to: to } = line;
  const details = Object.entries(group).map(([property, value]) =>
    messages.groupValue(isolated(property), value === null ? messages.noValue : isolated(value)),
  );
  if (of !== undefined) {
    const refersTo = line.kind === 'adjustment' ? messages.lateUsage : messages.takesBack;
    details.push(of.position === undefined ? messages.lateUsageOf(of.number) : refersTo(of.number, `${of.position}`));
  }
  if (from !== undefined && to !== undefined)
    details.push(instantRange(messages, from, to, period?.time_zone ?? 'UTC'));
  if (evidence !== undefined) details.push(messages.events(formatQuantity(evidence.event_count)));
  return details;
}

/** A single rate says all in the line's own row; tiers and shares are shown beneath. */
function isPlainStep(step: PriceStep): boolean {
  return step.rule === 'per_unit' || step.rule === 'flat';
}

function stepRow(step: PriceStep, currency: string, messages: Messages): StepRow {
  return {
    description: DESCRIPTIONS[step.rule](step, messages),
    figures: {
      quantity: COUNTED.has(step.rule) ? formatQuantity(step.quantity) : '',
      unitPrice: step.unit_amount === undefined ? '' : formatRate(step.unit_amount, currency),
      amount: CHANGES_QUANTITY.has(step.rule) ? '' : stepAmount(step.amount, currency, messages),
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

const DESCRIPTIONS: Readonly<Record<PriceRule, (step: PriceStep, messages: Messages) => string>> = {
  convert: ({ result }, messages) => messages.convert(formatQuantity(result ?? '0')),
  included_units: (_, messages) => messages.includedUnits,
  flat: (_, messages) => messages.flat,
  per_unit: (_, messages) => messages.perUnit,
  tier(step, messages) {
    const tier = tierName(step, messages);
    return step.percent === undefined ? tier : messages.percentOf(step.percent, tier);
  },
  tier_flat: (step, messages) => messages.tierFlat(tierName(step, messages)),
  package: ({ per }, messages) => messages.package(formatQuantity(per ?? '1')),
  free_events: (_, messages) => messages.freeEvents,
  free_amount: (_, messages) => messages.freeAmount,
  percent: ({ percent }, messages) => messages.percent(percent ?? '0'),
  fixed_per_event: (_, messages) => messages.fixedPerEvent,
  minimum_per_event: ({ quantity }, messages) => messages.minimumPerEvent(formatQuantity(quantity)),
  maximum_per_event: ({ quantity }, messages) => messages.maximumPerEvent(formatQuantity(quantity)),
  not_below_zero: (_, messages) => messages.notBelowZero,
  matrix: ({ values = [] }, messages) =>
    messages.matrixValues(values.map((value) => (value === null ? messages.noValue : isolated(value)))),
  multiplier: (_, messages) => messages.multiplier,
  unit_rate: (_, messages) => messages.unitRate,
  proration: ({ quantity, per }, messages) => messages.proration(formatQuantity(quantity), formatQuantity(per ?? '0')),
  unused: ({ quantity, per }, messages) => messages.unused(formatQuantity(quantity), formatQuantity(per ?? '0')),
  discount: ({ percent }, messages) =>
    percent === undefined ? messages.documentDiscount : messages.percentDiscount(percent),
  maximum: (_, messages) => messages.maximum,
  rounding: (_, messages) => messages.rounding,
  billed_before: (_, messages) => messages.billedBefore,
  minimum: (_, messages) => messages.minimum,
  charged: (_, messages) => messages.charged,
  credited: (_, messages) => messages.givenBack,
};

function tierName({ from = '0', up_to: upTo = null }: PriceStep, messages: Messages): string {
  const lower = formatQuantity(from);
  if (upTo === null) return from === '0' ? messages.onlyTier : messages.lastTier(lower);
  return from === '0' ? messages.firstTier(formatQuantity(upTo)) : messages.middleTier(lower, formatQuantity(upTo));
}

/** Not yet rounded, so shown with all its digits; only the endless share of a fee is cut, and says so. */
function stepAmount(amount: string, currency: string, messages: Messages): string {
  const value = new Big(amount);
  if (value.eq(value.round(EXACT_DIGITS))) return formatRate(value, currency);
  return messages.about(formatRate(value.round(currencyDigits(currency) + FURTHER_DIGITS), currency));
}

/** Products of a quantity and a rate, both of at most 15 fraction digits, end here. */
const EXACT_DIGITS = 30;
const FURTHER_DIGITS = 4;
