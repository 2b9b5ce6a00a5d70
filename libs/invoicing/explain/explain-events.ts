import type { Transaction } from '#libs/database/transaction.ts';
import { type CountedEvent, countedEvents } from '#libs/metering/read/counted-events.ts';
import type { EventPosition } from '#libs/metering/read/event-position.ts';
import type { LineUsage } from './find-line.ts';

/** So many events are looked at in one call at most; a page can be short, or empty, and still have a next one. */
const LOOKS = 20_000;

export interface ExplainedEvents {
  readonly events: readonly CountedEvent[];
  /** Behind which event the next page begins; null: this is the last page. */
  readonly next: EventPosition | null;
}

/**
 * The events that a line bills, as they stood at the document's watermark, in the order in which prices take them. `span`: only of a part of the
 * line's period, epoch milliseconds. @throws RawEventsGone
 */
export async function explainEvents(
  tx: Transaction,
  organizationId: number,
  { request, isOfLine }: LineUsage,
  page: {
    readonly span: { readonly from: number; readonly to: number } | undefined;
    readonly after: EventPosition | undefined;
    readonly limit: number;
  },
): Promise<ExplainedEvents> {
  const { from, to } = page.span ?? request;
  const part = { ...request, from: Math.max(from, request.from), to: Math.min(to, request.to) };
  const events: CountedEvent[] = [];
  let looks = 0;
  const portion = page.limit + 1;
  for await (const { counted, looks: looked, last } of countedEvents(tx, organizationId, part, page.after, portion)) {
    for (const event of counted) {
      if (!isOfLine(event.groupKey)) continue;
      if (events.length === page.limit) return { events, next: positionOf(events.at(-1) as CountedEvent) };
      events.push(event);
    }
    looks += looked;
    if (looks >= LOOKS) return { events, next: last };
  }
  return { events, next: null };
}

const positionOf = ({ row: { event } }: CountedEvent): EventPosition => [
  new Date(event.time).toISOString(),
  event.source,
  event.id,
];
