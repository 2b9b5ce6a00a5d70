import type { Transaction } from '#libs/database/transaction.ts';

/** Which dead letters are asked for. Times are epoch milliseconds. */
export interface LetterSpan {
  /** Half open; of the usage where its time can be read, of arrival otherwise. */
  readonly from: number;
  readonly to: number;
  readonly replayedSince: number;
}

export interface LetterCounts {
  /** Neither replayed nor discarded. */
  readonly open: number;
  /** Put into the log again since then: what became of them lies behind. */
  readonly replayed: number;
}

export async function countLettersBetween(
  tx: Transaction,
  organizationId: number,
  span: LetterSpan,
): Promise<LetterCounts> {
  const { rows } = await tx.query<LetterCounts>(
    `SELECT count(*) FILTER (WHERE replayed_at IS NULL AND discarded_at IS NULL)::integer AS open,
            count(*) FILTER (WHERE replayed_at >= $4)::integer AS replayed
       FROM dead_letters
      WHERE organization_id = $1 AND coalesce(event_time, received_at) >= $2 AND coalesce(event_time, received_at) < $3`,
    [organizationId, new Date(span.from), new Date(span.to), new Date(span.replayedSince)],
  );
  return rows[0] as LetterCounts;
}
