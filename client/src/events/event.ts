import type { AnswerOf } from '../call.ts';
import type { EventInput } from '../operations.ts';

/** A usage event as it is given. See docs/api/sending-events.md for what each field may hold. */
export type UsageEvent = Omit<EventInput, 'id' | 'time'> & {
  /** Unique per source; the same one is counted once, whatever happens. Left out: a new one is made when the event is taken. */
  readonly id?: string;
  /** When it happened: RFC 3339, epoch milliseconds, or a Date. Left out together with the id: the time at which the event is taken. */
  readonly time?: string | number | Date;
};

/** An event as it is sent, however often. */
export type SentEvent = EventInput;

type Told = AnswerOf<'POST /v1/events'>['results'][number];

/** What ingest decided about one event. One that is `unavailable` is not decided. */
export type EventResult =
  | { readonly id: string; readonly status: Extract<Told['status'], 'accepted' | 'duplicate'> }
  | (Pick<Told, 'code' | 'pointer'> & {
      readonly id: string;
      /** `conflict`: another event with this id was there first, and counts. `rejected`: correct it and send it as a new one. */
      readonly status: Exclude<Told['status'], 'accepted' | 'duplicate' | 'unavailable'>;
      readonly detail: string;
    });

export interface Item {
  readonly event: SentEvent;
  /** Written once, so that whoever changes the object later does not change what is sent again. */
  readonly json: string;
  readonly bytes: number;
}

/**
 * An event made ready. One without an id gets one, and then also a time: nobody else can ever send it again, and when it is sent after an
 * outage it must not count for the hour of its arrival. One with an id keeps its fields as they are: with a time of ours it would be
 * another event when its sender sends it again.
 * @throws TypeError when it cannot be written as JSON
 */
export function makeItem(event: UsageEvent, now: number, newId: () => string): Item {
  if (typeof event !== 'object' || event === null) throw new TypeError('an event is an object');
  const { time: given, ...rest } = event;
  const time =
    given instanceof Date
      ? given.toISOString()
      : (given ?? (event.id === undefined ? new Date(now).toISOString() : undefined));
  const sent: SentEvent = { ...rest, id: event.id ?? newId(), ...(time !== undefined && { time }) };
  const json = JSON.stringify(sent);
  return { event: JSON.parse(json) as SentEvent, json, bytes: Buffer.byteLength(json) };
}
