import type { Transaction } from '#libs/database/transaction.ts';
import type { DeadLetter } from '../sort-out.ts';

/** Keeps records that could not be applied, byte for byte, with the reason. */
export async function insertDeadLetters(tx: Transaction, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  await tx.query(
    `INSERT INTO dead_letters (organization_id, log_epoch, log_partition, log_offset, received_at, event_time, reason, detail, record)
     SELECT * FROM unnest($1::integer[], $2::integer[], $3::smallint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[],
                          $7::text[], $8::text[], $9::bytea[])`,
    [
      letters.map((letter) => letter.organizationId),
      letters.map(({ place }) => place.epoch),
      letters.map(({ place }) => place.partition),
      letters.map(({ place }) => place.offset.toString()),
      letters.map(({ place }) => new Date(place.receivedAt)),
      letters.map(({ time }) => (time === null ? null : new Date(time))),
      letters.map((letter) => letter.reason),
      letters.map((letter) => letter.detail.replaceAll('\0', '\ufffd').toWellFormed()),
      letters.map((letter) => letter.value),
    ],
  );
}
