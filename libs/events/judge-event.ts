import type { UsageEvent } from './event.ts';
import { parseTime } from './parse-time.ts';
import { type EventFields, readFields } from './read-fields.ts';
import type { Rejection, RejectionCode } from './rejection.ts';

/** How far from its arrival an event's time may lie; a setting of the organization. */
export interface TimeBounds {
  readonly maxAgeDays: number;
  readonly maxAheadSeconds: number;
}

export type Judgement =
  | { readonly ok: true; readonly event: UsageEvent }
  | { readonly ok: false; readonly rejection: Rejection };

const DAY = 86_400_000;

/**
 * Decides, once and for all, whether one event is taken: an item in the native form, or what is wrong with it. `now` is the organization's
 * time by ingest's clock, in epoch milliseconds. Pure.
 */
export function judgeEvent(raw: unknown, bounds: TimeBounds, now: number): Judgement {
  const read = readFields(raw);
  return 'code' in read ? { ok: false, rejection: read } : judgeTime(read, bounds, now);
}

function judgeTime(fields: EventFields, { maxAgeDays, maxAheadSeconds }: TimeBounds, now: number): Judgement {
  const { id, source, type, customer, subscription, time, properties } = fields;
  const at = time === undefined ? now : parseTime(time);
  if (at === undefined)
    return refuse(
      'invalid_event',
      'time must be an RFC 3339 string such as 2026-10-05T12:30:00Z, or epoch milliseconds',
    );
  if (now - at > maxAgeDays * DAY)
    return refuse(
      'event_too_old',
      `time lies more than ${maxAgeDays} days back; the organization's setting event_max_age_days widens this`,
    );
  if (at - now > maxAheadSeconds * 1000)
    return refuse(
      'event_too_far_ahead',
      `time lies more than ${maxAheadSeconds} seconds ahead; the organization's setting event_max_ahead_seconds widens this`,
    );
  return {
    ok: true,
    event: {
      id,
      source: source ?? '',
      type,
      customer,
      subscription: subscription ?? '',
      time: at,
      timeGiven: time !== undefined,
      properties: properties ?? {},
    },
  };
}

const refuse = (code: RejectionCode, detail: string): Judgement => ({
  ok: false,
  rejection: { code, detail, pointer: '/time' },
});
