import type { UsageEvent } from './event.ts';
import { eventSchema } from './event-schema.ts';
import { parseTime } from './parse-time.ts';

/** How far from its arrival an event's time may lie; a setting of the organization. */
export interface TimeBounds {
  readonly maxAgeDays: number;
  readonly maxAheadSeconds: number;
}

/** Stable codes of rejected events, part of the API. */
export type RejectionCode =
  | 'invalid_event'
  | 'event_too_large'
  | 'event_too_old'
  | 'event_too_far_ahead'
  | 'unreadable_value';

export interface Rejection {
  readonly code: RejectionCode;
  readonly detail: string;
  /** JSON pointer inside the event, '' for the event itself. */
  readonly pointer: string;
}

export type Judgement =
  | { readonly ok: true; readonly event: UsageEvent }
  | { readonly ok: false; readonly rejection: Rejection };

const MAX_PROPERTY_BYTES = 16 * 1024;
const DAY = 86_400_000;

/** Decides, once and for all, whether one event is taken. `now` is ingest's clock in epoch milliseconds. Pure. */
export function judgeEvent(raw: unknown, bounds: TimeBounds, now: number): Judgement {
  if (Object.hasOwn((raw as { properties?: object } | null)?.properties ?? {}, '__proto__')) {
    return refuse('invalid_event', 'properties must not have the name "__proto__"', '/properties/__proto__');
  }
  const parsed = eventSchema.safeParse(raw);
  if (!parsed.success) return refuse('invalid_event', ...describeIssue(parsed.error.issues[0] as Issue));
  const { id, source, type, customer, time, properties } = parsed.data;
  if (properties && Buffer.byteLength(JSON.stringify(properties)) > MAX_PROPERTY_BYTES) {
    return refuse('event_too_large', `properties take more than ${MAX_PROPERTY_BYTES} bytes as JSON`, '/properties');
  }
  const at = time === undefined ? now : parseTime(time);
  if (at === undefined)
    return refuse(
      'invalid_event',
      'time must be an RFC 3339 string such as 2026-10-05T12:30:00Z, or epoch milliseconds',
      '/time',
    );
  if (now - at > bounds.maxAgeDays * DAY) {
    return refuse(
      'event_too_old',
      `time lies more than ${bounds.maxAgeDays} days back; the organization's setting event_max_age_days widens this`,
      '/time',
    );
  }
  if (at - now > bounds.maxAheadSeconds * 1000) {
    return refuse(
      'event_too_far_ahead',
      `time lies more than ${bounds.maxAheadSeconds} seconds ahead; the organization's setting event_max_ahead_seconds widens this`,
      '/time',
    );
  }
  return {
    ok: true,
    event: {
      id,
      source: source ?? '',
      type,
      customer,
      subscription: '',
      time: at,
      timeGiven: time !== undefined,
      properties: properties ?? {},
    },
  };
}

const refuse = (code: RejectionCode, detail: string, pointer: string): Judgement => ({
  ok: false,
  rejection: { code, detail, pointer },
});

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly issues?: readonly { readonly message: string }[];
}

function describeIssue(issue: Issue): [detail: string, pointer: string] {
  const where = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys?.[0] ?? '';
    return [
      `unknown field ${JSON.stringify(unknown)}; own data belongs into properties`,
      pointerTo([...where, unknown]),
    ];
  }
  if (where.length === 0) return ['an event must be a JSON object', ''];
  // A key that is not allowed reports itself under the record's path.
  const message =
    issue.code === 'invalid_key' ? `has a name that ${issue.issues?.[0]?.message ?? 'is not allowed'}` : issue.message;
  return [`${where.join('.')} ${message}`, pointerTo(where)];
}

function pointerTo(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
