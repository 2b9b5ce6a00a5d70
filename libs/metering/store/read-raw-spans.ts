import type { Transaction } from '#libs/database/transaction.ts';
import { MAX_AHEAD_MS } from '../ahead.ts';
import type { SubscriptionRule } from '../read/usage-request.ts';
import { plainArray, textArray } from './array-literal.ts';
import type { RawEvent } from './copy-usage-events.ts';
import { RAW_EVENT_COLUMNS, type RawEventRow, TAKEN_BACK, toRawEvent } from './raw-event-row.ts';

/** Raw events of one name and type; `from` and `to` are epoch milliseconds, half open. */
export interface RawSpan {
  readonly name: string;
  readonly type: string;
  readonly from: number;
  readonly to: number;
  readonly subscription: SubscriptionRule | undefined;
}

const AT_ONCE = 5000;

/**
 * The events of all spans that were not taken back since, in portions, each with the position of its span. By one cursor, since the part
 * of one busy hour can be more than fits into memory.
 */
export async function* readRawSpans(
  tx: Transaction,
  organizationId: number,
  spans: readonly RawSpan[],
): AsyncGenerator<{ readonly span: number; readonly row: RawEvent }[]> {
  await tx.query(`DECLARE raw_spans NO SCROLL CURSOR FOR ${SELECT}`, [
    organizationId,
    textArray(spans.map((span) => span.name)),
    textArray(spans.map((span) => span.type)),
    plainArray(spans.map((span) => `"${new Date(span.from).toISOString()}"`)),
    plainArray(spans.map((span) => `"${new Date(span.to).toISOString()}"`)),
    spans.map(({ subscription }) => subscription?.named ?? null),
    plainArray(spans.map(({ subscription }) => String(subscription?.orNone ?? false))),
  ]);
  try {
    for (;;) {
      const { rows } = await tx.query<RawEventRow & { span: number }>(`FETCH ${AT_ONCE} FROM raw_spans`);
      if (rows.length === 0) return;
      yield rows.map((row) => ({ span: row.span, row: toRawEvent(row) }));
    }
  } finally {
    await tx.query('CLOSE raw_spans');
  }
}

// An event can have arrived so long before its own time, and by as much as its organization's clock is ahead. What an amendment or a void took back is told by the corrections.
const SELECT = `
  SELECT w.position::integer - 1 AS span, ${RAW_EVENT_COLUMNS}
    FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::boolean[]) WITH ORDINALITY
         AS w (name, type, from_time, to_time, subscription, or_none, position)
   CROSS JOIN LATERAL (
         SELECT * FROM usage_events e
          WHERE e.organization_id = $1 AND e.customer = w.name AND e.time >= w.from_time AND e.time < w.to_time
            AND e.received_at >= w.from_time - interval '${MAX_AHEAD_MS} milliseconds'
                                 - (SELECT make_interval(secs => o.clock_offset_seconds) FROM organizations o WHERE o.id = $1)
            AND e.type = w.type AND e.sign = 1
            AND (w.subscription IS NULL OR e.subscription = w.subscription OR (w.or_none AND e.subscription = ''))
            AND NOT ${TAKEN_BACK}) AS e`;
