import type { EventFields } from './read-fields.ts';

const FIELDS = new Set(['id', 'source', 'type', 'customer', 'subscription', 'time', 'properties']);
const MAX_NAME = 255;
const MAX_TEXT = 1000;
const MAX_PROPERTIES = 50;
/** Most bytes that one UTF-16 unit takes in JSON: \u0007. */
const BYTES_PER_UNIT = 6;
/** Quotes, colon and comma of a property, and more than the longest number takes. */
const BYTES_BESIDE = 40;
const ASCII = /^[ -~]+$/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/**
 * The short way through the schema, for nearly every event: the fields of an item in which all is plainly in order; undefined for
 * whatever is not, or not surely, which the schema then reads and explains. What this accepts the schema accepts, with the same
 * fields; a property test holds that. `maxBytes` bounds the properties as JSON.
 */
export function plainFields(raw: unknown, maxBytes: number): EventFields | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  for (const field in raw) if (!FIELDS.has(field)) return undefined;
  const { id, source, type, customer, subscription, time, properties } = raw as Record<string, unknown>;
  if (!isName(id) || !isName(type) || !isName(customer)) return undefined;
  if (source !== undefined && !isName(source)) return undefined;
  if (subscription !== undefined && !isName(subscription)) return undefined;
  if (time !== undefined && typeof time !== 'string' && !Number.isFinite(time)) return undefined;
  if (properties !== undefined && !arePlain(properties, maxBytes)) return undefined;
  return raw as EventFields;
}

function isName(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_NAME) return false;
  return ASCII.test(value) || !UNPRINTABLE.test(value);
}

function arePlain(properties: unknown, maxBytes: number): boolean {
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return false;
  let bytes = 0;
  let count = 0;
  for (const name in properties) {
    if (name === '__proto__' || !isName(name)) return false;
    const value = (properties as Record<string, unknown>)[name];
    bytes += BYTES_PER_UNIT * name.length + BYTES_BESIDE;
    count += 1;
    if (typeof value === 'string') {
      if (value.length > MAX_TEXT || !value.isWellFormed() || value.includes('\0')) return false;
      bytes += BYTES_PER_UNIT * value.length;
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false;
    } else if (typeof value !== 'boolean') return false;
  }
  return count <= MAX_PROPERTIES && bytes <= maxBytes;
}
