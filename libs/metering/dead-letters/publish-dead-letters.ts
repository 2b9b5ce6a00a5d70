import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { StoredDeadLetter } from '../store/dead-letter-row.ts';
import { lockUnpublished } from '../store/lock-unpublished.ts';
import { updatePublished } from '../store/update-published.ts';

/** What a dead letter becomes in the topic: the record byte for byte, what is known of it in the headers. */
export interface DeadLetterMessage {
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const AT_ONCE = 100;

/**
 * Copies dead letters to the dead-letter topic, a portion at a time, and notes it once `publish` resolved; tells how many. At least
 * once: a process that dies in between leaves them to be copied again.
 */
export async function publishDeadLetters(
  pool: Pool,
  publish: (messages: readonly DeadLetterMessage[]) => Promise<void>,
): Promise<number> {
  return inTransaction(pool, async (tx) => {
    const letters = await lockUnpublished(tx, AT_ONCE);
    if (letters.length === 0) return 0;
    await publish(letters.map(toMessage));
    await updatePublished(tx, letters);
    return letters.length;
  });
}

const toMessage = (letter: StoredDeadLetter): DeadLetterMessage => ({
  value: letter.record,
  headers: {
    id: letter.id,
    organization: String(letter.organizationId),
    reason: letter.reason,
    detail: letter.detail,
    epoch: String(letter.epoch),
    partition: String(letter.partition),
    offset: letter.offset,
    received_at: letter.receivedAt.toISOString(),
  },
});
