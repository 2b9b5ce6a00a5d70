import { hash } from 'node:crypto';

export interface EventIdentity {
  /** 32 hex digits that stand for (source, id) within the organization. */
  readonly key: string;
  /** 4 bytes of the same digest: decide the partition, so that equal ids meet. */
  readonly partitionKey: Buffer;
}

// UUID version 7, and ULID in its upper-case form: both begin with 48 bits of the time at which they were made.
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Identity of an event. Pure; the same for ever: keys in the database depend on it. An id that begins with its time gives a key that
 * does so too (48 bits of time, 80 of digest): then new keys lie side by side in the index, which is what makes them cheap.
 */
export function identify(organizationId: number, source: string, id: string): EventIdentity {
  const digest = hash('sha256', JSON.stringify([organizationId, source, id]), 'hex');
  const time = timeIn(id);
  const partitionKey = Buffer.allocUnsafe(4);
  partitionKey.writeUInt32BE(Number.parseInt(digest.slice(32, 40), 16));
  return { key: time === undefined ? digest.slice(0, 32) : time + digest.slice(0, 20), partitionKey };
}

/** The 12 hex digits of the time inside an id, if it has one. */
function timeIn(id: string): string | undefined {
  if (id.length === 36 && UUID_V7.test(id)) return id.slice(0, 8) + id.slice(9, 13);
  if (id.length !== 26 || !ULID.test(id)) return undefined;
  let time = 0;
  for (let i = 0; i < 10; i += 1) time = time * 32 + CROCKFORD.indexOf(id[i] as string);
  return time.toString(16).padStart(12, '0');
}
