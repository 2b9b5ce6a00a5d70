import type { PropertyValue } from '#libs/events/event.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalText } from './decimal-text.ts';
import { asText } from './filter.ts';
import type { Meter } from './meter.ts';

/** `value`: a decimal; for `unique` the text that is compared; for a count '1'. */
export type MeterValue =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly detail: string };

const LONG = /^-?\d+(\.\d+)?$/;
const ONE: MeterValue = { ok: true, value: '1' };

/** What one event adds to a meter, exactly. What cannot be read is an answer, never 0. */
export function readValue(meter: Meter, properties: Readonly<Record<string, PropertyValue>>): MeterValue {
  if (meter.aggregation === 'count') return ONE;
  const name = meter.valueProperty as string;
  const raw = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (meter.aggregation === 'unique' && raw !== undefined) {
    return { ok: true, value: asText(raw) };
  }
  const value = decimalText(raw);
  if (value !== undefined) return { ok: true, value };
  const where = `meter ${JSON.stringify(meter.key)} ${VERBS[meter.aggregation]} the property ${JSON.stringify(name)}, which`;
  if (raw === undefined) return { ok: false, detail: `${where} is missing` };
  if (isLong(raw)) return { ok: false, detail: `${where} has more than 30 digits before the point or 40 after it` };
  return { ok: false, detail: `${where} is ${JSON.stringify(raw)}, not a decimal number` };
}

const isLong = (raw: PropertyValue): boolean =>
  LONG.test(typeof raw === 'number' && Number.isFinite(raw) ? new Big(String(raw)).toFixed() : String(raw));

const VERBS: Readonly<Record<Meter['aggregation'], string>> = {
  count: 'counts',
  sum: 'sums',
  min: 'takes the least of',
  max: 'takes the greatest of',
  avg: 'averages',
  latest: 'takes the latest of',
  unique: 'counts different values of',
  weighted_sum: 'sums over time',
};
