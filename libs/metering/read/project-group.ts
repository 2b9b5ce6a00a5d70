import { canonicalJson, type Json } from '#libs/events/canonical-json.ts';
import type { PropertyValue } from '#libs/events/event.ts';
import { asText } from '../filter.ts';
import type { GroupChoice } from './usage-request.ts';

/** Of a stored group the part that was asked for; undefined when the filter leaves it out. A property that a version does not group by is null. */
export function projectGroup(groupKey: string, { by, filter }: GroupChoice): string | undefined {
  const values = groupKey === '' ? {} : (JSON.parse(groupKey) as Record<string, PropertyValue | null>);
  const readGroup = (name: string) => (Object.hasOwn(values, name) ? (values[name] ?? null) : null);
  for (const [name, allowed] of Object.entries(filter)) {
    const value = readGroup(name);
    if (value === null || !allowed.includes(asText(value))) return undefined;
  }
  if (by.length === 0) return '';
  return canonicalJson(Object.fromEntries(by.map((name): [string, Json] => [name, readGroup(name)])));
}
