import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Correction, EventChanges, PropertyValue, UsageEvent } from './event.ts';
import { type EventIdentity, identify } from './identify.ts';

/*
 * A record of the log is canonical JSON (RFC 8785), so the SHA-256 of its bytes is the hash of what it says: identity and payload of an
 * event. What the sender left out is left out: a missing time is no part of the hash, so that a retry hashes the same. Nor is `clock`, which stands first
 * where the clock of a test organization was moved.
 */

/** An event as it lies in the log. */
export interface EventRecord {
  readonly kind: 'event';
  readonly organizationId: number;
  readonly event: UsageEvent;
  readonly identity: EventIdentity;
  /** SHA-256 over identity and payload, 64 hex digits. */
  readonly hash: string;
  /** Milliseconds by which its organization's clock was ahead when it was taken; 0 but for test organizations. */
  readonly clockOffset: number;
}

export interface CorrectionRecord {
  readonly kind: 'correction';
  readonly organizationId: number;
  readonly correction: Correction;
  /** Of the original. */
  readonly identity: EventIdentity;
  /** SHA-256 over all of it, 64 hex digits. */
  readonly hash: string;
}

/** What lies in the log but cannot be counted. `organizationId` is 0 when not even that can be read. */
export interface UnreadableRecord {
  readonly organizationId: number;
  readonly reason: 'undecodable' | 'unknown_version' | 'malformed';
  readonly detail: string;
}

export type DecodedRecord =
  | { readonly ok: true; readonly record: EventRecord | CorrectionRecord }
  | { readonly ok: false; readonly fault: UnreadableRecord };

const VERSION = 2;

/** The record's text for an event. Members in the order of RFC 8785. */
export function eventText(organizationId: number, event: UsageEvent): string {
  const source = event.source === '' ? '' : `,"source":${JSON.stringify(event.source)}`;
  const subscription = event.subscription === '' ? '' : `,"subscription":${JSON.stringify(event.subscription)}`;
  const time = event.timeGiven ? `,"time":${event.time}` : '';
  return `{"customer":${JSON.stringify(event.customer)},"id":${JSON.stringify(event.id)},"organization":${organizationId},"properties":${canonicalJson(event.properties)}${source}${subscription}${time},"type":${JSON.stringify(event.type)},"v":${VERSION}}`;
}

/** UTF-8 of eventText, with `clock` where the organization's clock is ahead (milliseconds). */
export function encodeEvent(organizationId: number, event: UsageEvent, clockOffset = 0): Buffer {
  const text = eventText(organizationId, event);
  return Buffer.from(clockOffset === 0 ? text : `{"clock":${clockOffset},${text.slice(1)}`);
}

export function encodeCorrection(organizationId: number, correction: Correction): Buffer {
  const { kind, id, source, correctionId, reason, actor, changes } = correction;
  return Buffer.from(
    canonicalJson({
      v: VERSION,
      kind,
      organization: organizationId,
      id,
      source,
      correction: correctionId,
      reason,
      actor,
      changes: { ...changes },
    }),
  );
}

/** SHA-256, 64 hex digits. Of eventText: the event's hash. */
export const hashOf = (value: Buffer | string): string => hash('sha256', value, 'hex');

/**
 * Never throws: what cannot be read is an answer too. Identity is worked out anew, so a record cannot claim another's.
 * `appendedAt` (epoch milliseconds, the log's clock) is the time of an event whose sender gave none, where its organization's clock is not ahead.
 */
export function decodeRecord(value: Buffer, appendedAt: number): DecodedRecord {
  let raw: Record<string, unknown>;
  try {
    if (!isUtf8(value)) throw new SyntaxError('a byte sequence is no character');
    raw = JSON.parse(value.toString()) as Record<string, unknown>;
  } catch (error) {
    return broken(0, 'undecodable', `not UTF-8 JSON: ${(error as Error).message}`);
  }
  const organizationId = isOrganization(raw?.organization) ? raw.organization : 0;
  if (raw?.v !== VERSION) {
    const found = typeof raw?.v === 'number' ? raw.v : typeof raw?.v;
    return broken(organizationId, 'unknown_version', `record version ${found}, this aggregator reads ${VERSION}`);
  }
  if (organizationId === 0) return broken(0, 'malformed', 'organization is not a positive integer');
  const fault = raw.kind === undefined ? faultOfEvent(raw) : faultOfCorrection(raw);
  if (fault) return broken(organizationId, 'malformed', fault);
  const source = (raw.source ?? '') as string;
  const identity = identify(organizationId, source, raw.id as string);
  if (raw.kind === undefined) {
    const clockOffset = (raw.clock ?? 0) as number;
    const event = eventOf(raw, source, appendedAt + clockOffset);
    const hash = hashOf(raw.clock === undefined ? value : eventText(organizationId, event));
    return { ok: true, record: { kind: 'event', organizationId, event, identity, hash, clockOffset } };
  }
  const correction = correctionOf(raw, source);
  return { ok: true, record: { kind: 'correction', organizationId, correction, identity, hash: hashOf(value) } };
}

const broken = (organizationId: number, reason: UnreadableRecord['reason'], detail: string): DecodedRecord => ({
  ok: false,
  fault: { organizationId, reason, detail },
});

const eventOf = (raw: Record<string, unknown>, source: string, appendedAt: number): UsageEvent => ({
  id: raw.id as string,
  source,
  type: raw.type as string,
  customer: raw.customer as string,
  subscription: (raw.subscription ?? '') as string,
  time: (raw.time ?? appendedAt) as number,
  timeGiven: raw.time !== undefined,
  properties: raw.properties as Record<string, PropertyValue>,
});

const correctionOf = (raw: Record<string, unknown>, source: string): Correction => ({
  kind: raw.kind as 'void' | 'amend',
  id: raw.id as string,
  source,
  correctionId: raw.correction as string,
  reason: raw.reason as string,
  actor: raw.actor as string,
  changes: raw.changes as EventChanges,
});

// Years 1 to 9999: what both Postgres and RFC 3339 can say.
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
const MAX_NAME = 2 * 255;
const MAX_TEXT = 2 * 1000;
// What Postgres cannot hold in text: NUL and half a surrogate pair.
const UNSTORABLE = /[\0\p{Cs}]/u;

const isOrganization = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31;
const isText = (value: unknown, limit: number): value is string =>
  typeof value === 'string' && value.length <= limit && !UNSTORABLE.test(value);
const isOffset = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= LATEST;
const isTime = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= EARLIEST && (value as number) <= LATEST;

function faultOfEvent(raw: Record<string, unknown>): string | undefined {
  if (!isText(raw.id, MAX_NAME)) return notText('id');
  if (!isText(raw.type, MAX_NAME)) return notText('type');
  if (!isText(raw.customer, MAX_NAME)) return notText('customer');
  if (raw.source !== undefined && !isText(raw.source, MAX_NAME)) return notText('source');
  if (raw.subscription !== undefined && !isText(raw.subscription, MAX_NAME)) return notText('subscription');
  if (raw.time !== undefined && !isTime(raw.time)) return NO_TIME;
  if (raw.clock !== undefined && !isOffset(raw.clock)) return 'clock is no number of milliseconds above 0';
  return faultOfProperties(raw.properties);
}

const NO_TIME = 'time is not in milliseconds since 1970, or outside the years 1 to 9999';
const notText = (name: string) => `${name} is not a plain string of at most 255 characters`;

function faultOfProperties(properties: unknown): string | undefined {
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    return 'properties is not an object';
  for (const name in properties) {
    const value = (properties as Record<string, unknown>)[name];
    const plain =
      typeof value === 'string'
        ? !UNSTORABLE.test(value)
        : typeof value === 'number'
          ? Number.isFinite(value)
          : typeof value === 'boolean';
    if (!plain || UNSTORABLE.test(name))
      return `property ${JSON.stringify(name)} is not a plain string, number or boolean`;
  }
  return undefined;
}

function faultOfCorrection(raw: Record<string, unknown>): string | undefined {
  if (raw.kind !== 'void' && raw.kind !== 'amend') return 'kind is neither "void" nor "amend"';
  for (const name of ['id', 'source', 'correction']) if (!isText(raw[name], MAX_NAME)) return notText(name);
  for (const name of ['reason', 'actor'])
    if (!isText(raw[name], MAX_TEXT)) return `${name} is not a plain string of at most 1000 characters`;
  const changes = raw.changes as Record<string, unknown>;
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return 'changes is not an object';
  for (const name of ['type', 'customer', 'subscription'])
    if (changes[name] !== undefined && !isText(changes[name], MAX_NAME)) return notText(`changes.${name}`);
  if (changes.time !== undefined && !isTime(changes.time)) return `changes.${NO_TIME}`;
  return changes.properties === undefined ? undefined : faultOfProperties(changes.properties);
}
