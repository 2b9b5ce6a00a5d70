import type { PropertyValue, UsageEvent } from './event.ts';
import { type EventIdentity, identify } from './identify.ts';

/** An event as it lies in the log: with its organization and the identity that ingest worked out once. */
export interface EventRecord {
  readonly organizationId: number;
  readonly event: UsageEvent;
  readonly identity: EventIdentity;
}

/** What lies in the log but cannot be counted. `organizationId` is 0 when not even that can be read. */
export interface UnreadableRecord {
  readonly organizationId: number;
  readonly reason: 'undecodable' | 'unknown_version' | 'malformed';
  readonly detail: string;
}

export type DecodedRecord =
  | { readonly ok: true; readonly record: EventRecord }
  | { readonly ok: false; readonly fault: UnreadableRecord };

const VERSION = 1;

/** UTF-8 JSON: { v, organization, source, id, type, customer, time, time_given, properties }. */
export function encodeRecord(organizationId: number, event: UsageEvent): Buffer {
  return Buffer.from(
    JSON.stringify({
      v: VERSION,
      organization: organizationId,
      source: event.source,
      id: event.id,
      type: event.type,
      customer: event.customer,
      time: event.time,
      time_given: event.timeGiven,
      properties: event.properties,
    }),
  );
}

/** Never throws: what cannot be read is an answer too. Identity is worked out anew, so a record cannot claim another's. */
export function decodeRecord(value: Buffer): DecodedRecord {
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(UTF8.decode(value)) as Record<string, unknown>;
  } catch (error) {
    return {
      ok: false,
      fault: { organizationId: 0, reason: 'undecodable', detail: `not UTF-8 JSON: ${(error as Error).message}` },
    };
  }
  const organizationId = isOrganization(raw?.organization) ? raw.organization : 0;
  if (raw?.v !== VERSION) {
    return {
      ok: false,
      fault: {
        organizationId,
        reason: 'unknown_version',
        detail: `record version ${typeof raw?.v === 'number' ? raw.v : typeof raw?.v}, this aggregator reads ${VERSION}`,
      },
    };
  }
  const fault = faultOf(raw);
  if (fault) return { ok: false, fault: { organizationId, reason: 'malformed', detail: fault } };
  const event: UsageEvent = {
    id: raw.id as string,
    source: raw.source as string,
    type: raw.type as string,
    customer: raw.customer as string,
    time: raw.time as number,
    timeGiven: raw.time_given as boolean,
    properties: raw.properties as Record<string, PropertyValue>,
  };
  return { ok: true, record: { organizationId, event, identity: identify(organizationId, event) } };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
// Years 1 to 9999: what both Postgres and RFC 3339 can say.
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
const MAX_NAME = 2 * 255;

const isOrganization = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31;
// Postgres can hold neither NUL nor half a surrogate pair in text.
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.isWellFormed() && !value.includes('\0');

function faultOf(raw: Record<string, unknown>): string | undefined {
  if (!isOrganization(raw.organization)) return 'organization is not a positive integer';
  for (const name of ['source', 'id', 'type', 'customer']) {
    if (!isText(raw[name]) || (raw[name] as string).length > MAX_NAME)
      return `${name} is not a plain string of at most 255 characters`;
  }
  const time = raw.time as number;
  if (!Number.isInteger(time) || time < EARLIEST || time > LATEST)
    return 'time is not in milliseconds since 1970, or outside the years 1 to 9999';
  if (typeof raw.time_given !== 'boolean') return 'time_given is not a boolean';
  const { properties } = raw;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    return 'properties is not an object';
  for (const [name, value] of Object.entries(properties)) {
    const plain = Number.isFinite(value) || typeof value === 'boolean' || isText(value);
    if (!plain || !isText(name)) return `property ${JSON.stringify(name)} is not a plain string, number or boolean`;
  }
  return undefined;
}
