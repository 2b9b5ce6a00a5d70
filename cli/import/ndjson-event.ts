import type { Decoded, FieldMap } from './draft.ts';

/** One line of NDJSON as an event in its native form. */
export function ndjsonEvent(line: string, map: FieldMap): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { fault: `no JSON: ${(error as Error).message}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { fault: 'JSON, but no object: each line must be one event such as {"id":"…","type":"…","customer":"…"}' };
  if (map.size === 0) return { event: value };
  const taken = new Set(map.values());
  const kept = Object.entries(value).filter(([name]) => !taken.has(name));
  const mapped = [...map].flatMap(([field, name]) =>
    Object.hasOwn(value, name) ? [[field, (value as Record<string, unknown>)[name]] as const] : [],
  );
  return { event: Object.fromEntries([...kept, ...mapped]) };
}
