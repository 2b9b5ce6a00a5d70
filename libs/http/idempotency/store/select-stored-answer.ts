import type { Transaction } from '#libs/database/transaction.ts';
import type { KeyedRequest, StoredAnswer } from '../stored-answer.ts';

/** What was answered under a key that has not expired, and to which request. */
export async function selectStoredAnswer(
  tx: Transaction,
  { organizationId, digest }: Pick<KeyedRequest, 'organizationId' | 'digest'>,
): Promise<(StoredAnswer & Pick<KeyedRequest, 'fingerprint'>) | null> {
  const { rows } = await tx.query<StoredAnswer & Pick<KeyedRequest, 'fingerprint'>>(
    `SELECT fingerprint, status, headers, body FROM idempotency_keys
      WHERE organization_id = $1 AND digest = $2 AND expires_at > now()`,
    [organizationId, digest],
  );
  return rows[0] ?? null;
}
