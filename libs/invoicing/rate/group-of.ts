import type { Group } from '#libs/pricing/usage.ts';

/** The group of a group key as a line names it, values as text; null where usage is not split. */
export function groupOf(groupKey: string): Group | null {
  if (groupKey === '') return null;
  const values = JSON.parse(groupKey) as Record<string, string | number | boolean | null>;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === null ? null : String(value)]),
  );
}
