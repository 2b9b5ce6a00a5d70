import type { Transaction } from '#libs/database/transaction.ts';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import type { LogPlace } from '../place.ts';

/** A record that came under an identity already taken, with other content. It never counted. */
export interface EventConflict {
  readonly place: LogPlace;
  readonly record: UsageEvent | Correction;
}

/** Of one event, in the order of their arrival; the first `limit`. */
export async function selectEventConflicts(
  tx: Transaction,
  organizationId: number,
  key: string,
  limit: number,
): Promise<EventConflict[]> {
  const { rows } = await tx.query<ConflictRow>(
    `SELECT log_epoch, log_partition, log_offset, received_at, record FROM event_conflicts
      WHERE organization_id = $1 AND event_key = $2 ORDER BY received_at, log_epoch, log_partition, log_offset LIMIT $3`,
    [organizationId, key, limit],
  );
  return rows.map((row) => ({
    place: {
      epoch: row.log_epoch,
      partition: row.log_partition,
      offset: BigInt(row.log_offset),
      receivedAt: row.received_at.getTime(),
    },
    record: row.record,
  }));
}

interface ConflictRow {
  readonly log_epoch: number;
  readonly log_partition: number;
  readonly log_offset: string;
  readonly received_at: Date;
  readonly record: UsageEvent | Correction;
}
