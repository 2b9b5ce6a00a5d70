import type { Transaction } from '#libs/database/transaction.ts';
import type { EventState } from '../correct.ts';
import { dayOf } from '../day-of.ts';
import type { LogPlace } from '../place.ts';
import { identityText } from '../sort-out.ts';
import { plainArray } from './array-literal.ts';
import type { StoredCorrection } from './insert-corrections.ts';
import { RAW_EVENT_COLUMNS, type RawEventRow, toRawEvent } from './raw-event-row.ts';

/** An event that exists, with where its key says that it lies. */
export interface StoredEvent {
  readonly organizationId: number;
  readonly key: string;
  readonly place: Omit<LogPlace, 'receivedAt'>;
  /** Day of arrival, YYYY-MM-DD. */
  readonly receivedOn: string;
  /** All of it so far, in the order of the log. */
  readonly corrections: readonly StoredCorrection[];
}

/**
 * The events as they stand, by identity. @throws when a raw event is gone: its correction goes to the dead letters then.
 */
export async function selectEventStates(
  tx: Transaction,
  events: readonly StoredEvent[],
): Promise<Map<string, EventState>> {
  const states = new Map<string, EventState>();
  if (events.length === 0) return states;
  const wanted = events.map(standingRow);
  const { rows } = await tx.query<RawEventRow & { position: number }>(
    `SELECT w.position::integer, ${RAW_EVENT_COLUMNS}
       FROM unnest($1::integer[], $2::uuid[], $3::integer[], $4::integer[], $5::smallint[], $6::bigint[], $7::date[])
            WITH ORDINALITY AS w (organization_id, event_key, revision, log_epoch, log_partition, log_offset, day, position)
      CROSS JOIN LATERAL (
            SELECT * FROM usage_events
             WHERE received_at >= (w.day::timestamp AT TIME ZONE 'UTC') AND received_at < ((w.day + 1)::timestamp AT TIME ZONE 'UTC')
               AND log_epoch = w.log_epoch AND log_partition = w.log_partition AND log_offset = w.log_offset
               AND organization_id = w.organization_id AND event_key = w.event_key AND revision = w.revision AND sign = 1) AS e`,
    [
      plainArray(events.map((event) => event.organizationId)),
      plainArray(events.map((event) => event.key)),
      plainArray(wanted.map((row) => row.revision)),
      plainArray(wanted.map((row) => row.place.epoch)),
      plainArray(wanted.map((row) => row.place.partition)),
      plainArray(wanted.map((row) => row.place.offset)),
      plainArray(wanted.map((row) => row.day)),
    ],
  );
  for (const row of rows) {
    const { organizationId, key } = events[row.position - 1] as StoredEvent;
    const { voided } = wanted[row.position - 1] as Standing;
    states.set(identityText(organizationId, key), { ...toRawEvent(row), voided });
  }
  if (states.size < events.length) throw new RangeError('the raw event that is to be corrected is no longer stored');
  return states;
}

interface Standing {
  readonly revision: number;
  readonly place: Omit<LogPlace, 'receivedAt'>;
  readonly day: string;
  readonly voided: boolean;
}

/** Which raw row stands: that of the last amendment, or the original. */
function standingRow({ place, receivedOn, corrections }: StoredEvent): Standing {
  const applied = corrections.filter(({ state }) => state === 'applied');
  const voided = applied.some(({ record }) => record.correction.kind === 'void');
  const amended = applied.filter(({ record }) => record.correction.kind === 'amend');
  const last = amended.reduce<StoredCorrection | undefined>(
    (latest, each) => (latest && (latest.revision as number) > (each.revision as number) ? latest : each),
    undefined,
  );
  if (!last?.appliedAt) return { revision: 0, place, day: receivedOn, voided };
  return { revision: last.revision as number, place: last.appliedAt, day: dayOf(last.appliedAt.receivedAt), voided };
}
