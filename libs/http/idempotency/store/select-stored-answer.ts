import type { Transaction } from '#libs/database/transaction.ts';
import type { KeyedRequest, StoredAnswer } from '../stored-answer.ts';

/** What was answered under a key that has not expired, and to which request. */
export interface KeptAnswer extends StoredAnswer {
  readonly fingerprint: Buffer;
  /** Its body went with the personal data of a customer who was erased. */
  readonly erased: boolean;
}

export async function selectStoredAnswer(
  tx: Transaction,
  { organizationId, digest }: Pick<KeyedRequest, 'organizationId' | 'digest'>,
): Promise<KeptAnswer | null> {
  const { rows } = await tx.query<KeptAnswer>(
    `SELECT fingerprint, status, headers, body, erased FROM idempotency_keys
      WHERE organization_id = $1 AND digest = $2 AND expires_at > now()`,
    [organizationId, digest],
  );
  return rows[0] ?? null;
}
