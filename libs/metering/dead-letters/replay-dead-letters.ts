import { hash } from 'node:crypto';
import { selectClockOffset } from '#libs/catalog/clock/select-clock-offset.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { decodeRecord, encodeEvent } from '#libs/events/record.ts';
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
 * still wrong becomes a new dead letter. Doing it twice counts nothing twice, since identity decides as always; so that it does when identities were
 * forgotten, events of an organization whose clock was moved are judged by its present clock, as if they were sent again.
 */
export async function replayDeadLetters(
  { pool, log }: { readonly pool: Pool; readonly log: Pick<EventLog, 'append'> },
  organizationId: number,
  ids: readonly string[],
): Promise<Replay[]> {
  const { letters, clockOffset } = await inOrganization(pool, organizationId, async (tx) => ({
    letters: await selectDeadLetters(tx, organizationId, ids),
    clockOffset: await selectClockOffset(tx, organizationId),
  }));
  const due = [...letters.values()].filter(({ replayedAt }) => replayedAt === null);
  const outcomes = await log.append(
    due.map((letter) => ({ partitionKey: partitionKeyOf(letter), value: recordAt(letter, clockOffset) })),
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

function recordAt({ record, receivedAt }: StoredDeadLetter, clockOffset: number): Buffer {
  const decoded = decodeRecord(record, receivedAt.getTime());
  if (clockOffset === 0 || !decoded.ok || decoded.record.kind !== 'event') return record;
  return encodeEvent(decoded.record.organizationId, decoded.record.event, clockOffset);
}

/** The partition in which its identity meets; of what has none, any, but always the same. */
function partitionKeyOf({ record, receivedAt }: StoredDeadLetter): Buffer {
  const decoded = decodeRecord(record, receivedAt.getTime());
  return decoded.ok ? decoded.record.identity.partitionKey : hash('sha256', record, 'buffer');
}
