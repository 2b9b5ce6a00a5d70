import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { UsageEvent } from './event.ts';

export interface EventIdentity {
  /** 16 bytes that stand for (organization, source, id). */
  readonly key: Buffer;
  /** Other bytes of the same digest: decide the partition, so that equal ids meet. */
  readonly partitionKey: Buffer;
  /** SHA-256 over identity and payload. A time the sender did not give is no part of it, so that a retry hashes the same. */
  readonly hash: Buffer;
}

/** Identity and payload hash of an event. Pure; the same for ever: keys in the database depend on it. */
export function identify(organizationId: number, event: UsageEvent): EventIdentity {
  const identity = hash('sha256', canonicalJson([organizationId, event.source, event.id]), 'buffer');
  const payload = canonicalJson([
    organizationId,
    event.source,
    event.id,
    event.type,
    event.customer,
    event.timeGiven ? event.time : null,
    event.properties,
  ]);
  return {
    key: identity.subarray(0, 16),
    partitionKey: identity.subarray(16, 20),
    hash: hash('sha256', payload, 'buffer'),
  };
}
