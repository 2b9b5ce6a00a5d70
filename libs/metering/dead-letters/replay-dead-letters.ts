import { hash } from 'node:crypto';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { decodeRecord } from '#libs/events/record.ts';
import type { StoredDeadLetter } from '../store/dead-letter-row.ts';
import { selectDeadLetters } from '../store/select-dead-letters.ts';
import { updateReplayed } from '../store/update-replayed.ts';

/** `unavailable`: the log did not confirm; it may or may not have the record. Replay it again. */
export type ReplayStatus = 'replayed' | 'replayed_before' | 'unavailable' | 'not_found';

export interface Replay {
  readonly id: string;
  readonly status: ReplayStatus;
}

/**
 * Puts dead letters into the log again, byte for byte: what was wrong with them may have been mended (a meter, a newer version). What is
 * still wrong becomes a new dead letter. Doing it twice counts nothing twice, since identity decides as always.
 */
export async function replayDeadLetters(
  { pool, log }: { readonly pool: Pool; readonly log: Pick<EventLog, 'append'> },
  organizationId: number,
  ids: readonly string[],
): Promise<Replay[]> {
  const letters = await inOrganization(pool, organizationId, (tx) => selectDeadLetters(tx, organizationId, ids));
  const due = [...letters.values()].filter(({ replayedAt }) => replayedAt === null);
  const outcomes = await log.append(
    due.map((letter) => ({ partitionKey: partitionKeyOf(letter), value: letter.record })),
  );
  const durable = new Set(due.filter((_, i) => outcomes[i]?.status === 'durable').map(({ id }) => id));
  if (durable.size > 0)
    await inOrganization(pool, organizationId, (tx) => updateReplayed(tx, organizationId, [...durable]));
  return ids.map((id) => ({ id, status: statusOf(letters.get(id), durable) }));
}

function statusOf(letter: StoredDeadLetter | undefined, durable: ReadonlySet<string>): ReplayStatus {
  if (!letter) return 'not_found';
  if (letter.replayedAt !== null) return 'replayed_before';
  return durable.has(letter.id) ? 'replayed' : 'unavailable';
}

/** The partition in which its identity meets; of what has none, any, but always the same. */
function partitionKeyOf({ record, receivedAt }: StoredDeadLetter): Buffer {
  const decoded = decodeRecord(record, receivedAt.getTime());
  return decoded.ok ? decoded.record.identity.partitionKey : hash('sha256', record, 'buffer');
}
