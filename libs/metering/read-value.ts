import type { PropertyValue } from '#libs/events/event.ts';
import { Big } from '#libs/money/decimal.ts';
import type { Meter } from './meter.ts';

export type MeterValue = { readonly ok: true; readonly value: Big } | { readonly ok: false; readonly detail: string };

const DECIMAL = /^-?\d{1,30}(\.\d{1,40})?$/;
const TOO_LONG = /^-?\d+(\.\d+)?$/;
const ONE = new Big('1');

/**
 * The exact quantity one event adds to a meter. A count adds 1. A sum takes a decimal string (30 integer and 40 fraction digits at
 * most) or a JSON number, which means the shortest decimal of its double. What cannot be read is an answer, never 0.
 */
export function readValue(meter: Meter, properties: Readonly<Record<string, PropertyValue>>): MeterValue {
  if (meter.aggregation === 'count') return { ok: true, value: ONE };
  const name = meter.valueProperty as string;
  const raw = Object.hasOwn(properties, name) ? properties[name] : undefined;
  const text = typeof raw === 'number' ? new Big(String(raw)).toFixed() : raw;
  if (typeof text === 'string' && DECIMAL.test(text)) return { ok: true, value: new Big(text) };
  const where = `meter ${JSON.stringify(meter.key)} sums the property ${JSON.stringify(name)}, which`;
  if (raw === undefined) return { ok: false, detail: `${where} is missing` };
  if (typeof text === 'string' && TOO_LONG.test(text)) {
    return { ok: false, detail: `${where} has more than 30 digits before the point or 40 after it` };
  }
  return { ok: false, detail: `${where} is ${JSON.stringify(raw)}, not a decimal number` };
}
