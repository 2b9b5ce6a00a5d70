import type { PropertyValue } from '#libs/events/event.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalText } from './decimal-text.ts';

/** One condition on a property. eq and in compare as text; the comparisons as exact decimals. Exactly one of them is given. */
export interface Condition {
  readonly property: string;
  readonly eq?: PropertyValue | undefined;
  readonly in?: readonly PropertyValue[] | undefined;
  readonly exists?: boolean | undefined;
  readonly gt?: string | undefined;
  readonly gte?: string | undefined;
  readonly lt?: string | undefined;
  readonly lte?: string | undefined;
}

export type Properties = Readonly<Record<string, PropertyValue>>;

/** `unreadable`: a comparison met a value that is no number. */
export type FilterResult = boolean | { readonly unreadable: string };

/** Whether all conditions hold. A property the event lacks meets none of them but `exists: false`. */
export function passesFilter(conditions: readonly Condition[], properties: Properties): FilterResult {
  for (const condition of conditions) {
    const holds = meets(condition, properties);
    if (holds !== true) return holds;
  }
  return true;
}

function meets(condition: Condition, properties: Properties): FilterResult {
  const { property } = condition;
  const value = Object.hasOwn(properties, property) ? properties[property] : undefined;
  if (condition.exists !== undefined) return (value !== undefined) === condition.exists;
  if (value === undefined) return false;
  if (condition.eq !== undefined) return asText(value) === asText(condition.eq);
  if (condition.in !== undefined) return condition.in.some((allowed) => asText(allowed) === asText(value));
  return compares(condition, value);
}

function compares(condition: Condition, value: PropertyValue): FilterResult {
  const text = decimalText(value);
  if (text === undefined) {
    return {
      unreadable: `compares the property ${JSON.stringify(condition.property)}, which is ${JSON.stringify(value)}, not a decimal number`,
    };
  }
  const number = new Big(text);
  if (condition.gt !== undefined) return number.gt(condition.gt);
  if (condition.gte !== undefined) return number.gte(condition.gte);
  if (condition.lt !== undefined) return number.lt(condition.lt);
  return number.lte(condition.lte as string);
}

/** Text of a value: of a number, its shortest decimal. */
export const asText = (value: PropertyValue): string =>
  typeof value === 'number' ? (decimalText(value) ?? String(value)) : String(value);
