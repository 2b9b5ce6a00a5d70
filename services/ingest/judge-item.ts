import type { UsageEvent } from '#libs/events/event.ts';
import { type EventFormat, inWordsOf } from '#libs/events/formats/event-format.ts';
import { formatOf } from '#libs/events/formats/format-of.ts';
import { type EventIdentity, identify } from '#libs/events/identify.ts';
import { judgeEvent } from '#libs/events/judge-event.ts';
import { encodeEvent, eventText, hashOf } from '#libs/events/record.ts';
import type { Rejection } from '#libs/events/rejection.ts';
import { readEvent, unreadDetail } from '#libs/metering/read-event.ts';
import type { OrganizationRules } from './organization-rules.ts';

/** An event that is taken: what is written to the log, and the hash of what it says. */
export interface Valid {
  readonly ok: true;
  readonly event: UsageEvent;
  readonly identity: EventIdentity;
  readonly value: Buffer;
  readonly hash: string;
}

export interface Refused {
  readonly ok: false;
  /** As the sender wrote it; null where none can be read. */
  readonly id: string | null;
  readonly rejection: Rejection;
}

export type Judged = Valid | Refused;

const MAX_ID = 255;

/** Judges one item of a request by itself, by the organization's clock; `now` is the machine's, in epoch milliseconds. `format`: where the request says in which form it is written; otherwise the item shows it. Pure. */
export function judgeItem(
  organizationId: number,
  item: unknown,
  { bounds, catalog }: OrganizationRules,
  now: number,
  format: EventFormat = formatOf(item),
): Judged {
  const native = format.toNative(item);
  if (!native.ok) return { ok: false, id: idOf(item, format), rejection: native.rejection };
  const { clockOffset } = bounds;
  const judgement = judgeEvent(native.raw, bounds, now + clockOffset);
  if (!judgement.ok) return { ok: false, id: idOf(item, format), rejection: inWordsOf(format, judgement.rejection) };
  const { event } = judgement;
  const reading = readEvent(event, catalog.metersFor(organizationId, event.type));
  const unread = unreadDetail(reading);
  if (unread !== undefined) {
    const rejection: Rejection = { code: 'unreadable_value', detail: unread, pointer: '/properties' };
    return { ok: false, id: event.id, rejection: inWordsOf(format, rejection) };
  }
  const value = encodeEvent(organizationId, event, clockOffset);
  const hash = hashOf(clockOffset === 0 ? value : eventText(organizationId, event));
  return { ok: true, event, identity: identify(organizationId, event.source, event.id), value, hash };
}

function idOf(item: unknown, { names }: EventFormat): string | null {
  const id = (item as Record<string, unknown> | null)?.[names.id];
  return typeof id === 'string' ? id.slice(0, MAX_ID).toWellFormed() : null;
}
