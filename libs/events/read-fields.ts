import type { PropertyValue } from './event.ts';
import { eventSchema } from './event-schema.ts';
import { plainFields } from './plain-fields.ts';
import { pointerTo, type Rejection } from './rejection.ts';

/** What a sender said of an event: each field is right in itself, the time is not yet read. */
export interface EventFields {
  readonly id: string;
  readonly source?: string | undefined;
  readonly type: string;
  readonly customer: string;
  readonly subscription?: string | undefined;
  readonly time?: string | number | undefined;
  readonly properties?: Readonly<Record<string, PropertyValue>> | undefined;
}

const MAX_PROPERTY_BYTES = 16 * 1024;

/** The fields of an item in the native form, or the first thing that is wrong with it. Pure. */
export const readFields = (raw: unknown): EventFields | Rejection =>
  plainFields(raw, MAX_PROPERTY_BYTES) ?? readBySchema(raw);

/** The same by the schema alone: slower, and able to explain. */
export function readBySchema(raw: unknown): EventFields | Rejection {
  if (Object.hasOwn((raw as { properties?: object } | null)?.properties ?? {}, '__proto__'))
    return invalid('properties must not have the name "__proto__"', '/properties/__proto__');
  const parsed = eventSchema.safeParse(raw);
  if (!parsed.success) return describeIssue(parsed.error.issues[0] as Issue);
  const { properties } = parsed.data;
  if (properties && Buffer.byteLength(JSON.stringify(properties)) > MAX_PROPERTY_BYTES) {
    return {
      code: 'event_too_large',
      detail: `properties take more than ${MAX_PROPERTY_BYTES} bytes as JSON`,
      pointer: '/properties',
    };
  }
  return parsed.data;
}

const invalid = (detail: string, pointer: string): Rejection => ({ code: 'invalid_event', detail, pointer });

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly issues?: readonly { readonly message: string }[];
}

function describeIssue(issue: Issue): Rejection {
  const where = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys?.[0] ?? '';
    return unknownField(unknown, [...where, unknown]);
  }
  if (where.length === 0) return invalid('an event must be a JSON object', '');
  // A key that is not allowed reports itself under the record's path.
  const message =
    issue.code === 'invalid_key' ? `has a name that ${issue.issues?.[0]?.message ?? 'is not allowed'}` : issue.message;
  return invalid(`${where.join('.')} ${message}`, pointerTo(where));
}

export const unknownField = (name: string, path: readonly string[] = [name]): Rejection =>
  invalid(`unknown field ${JSON.stringify(name)}; own data belongs into properties`, pointerTo(path));
