/** A record that could not be applied, as it is kept. */
export interface StoredDeadLetter {
  readonly id: string;
  readonly organizationId: number;
  readonly epoch: number;
  readonly partition: number;
  readonly offset: string;
  readonly receivedAt: Date;
  /** Of the usage; null where it cannot be read. */
  readonly eventTime: Date | null;
  readonly reason: string;
  readonly detail: string;
  /** As it lay in the log. */
  readonly record: Buffer;
  readonly publishedAt: Date | null;
  readonly replayedAt: Date | null;
  readonly discardedAt: Date | null;
}

export const DEAD_LETTER_COLUMNS = `id, organization_id AS "organizationId", log_epoch AS epoch, log_partition AS partition, log_offset AS "offset",
  received_at AS "receivedAt", event_time AS "eventTime", reason, detail, record, published_at AS "publishedAt",
  replayed_at AS "replayedAt", discarded_at AS "discardedAt"`;
