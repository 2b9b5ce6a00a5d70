import type { Transaction } from '#libs/database/transaction.ts';
import type { KeyedRequest, StoredAnswer } from '../stored-answer.ts';

/** For 24 hours, in place of an expired one. False: there is one that has not expired. */
export async function insertStoredAnswer(
  tx: Transaction,
  { organizationId, digest, fingerprint }: KeyedRequest,
  { status, headers, body }: StoredAnswer,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `INSERT INTO idempotency_keys AS k (organization_id, digest, fingerprint, status, headers, body, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, now() + interval '24 hours')
     ON CONFLICT (organization_id, digest) DO UPDATE
        SET fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers, body = excluded.body,
            erased = false, expires_at = excluded.expires_at
      WHERE k.expires_at <= now()`,
    [organizationId, digest, fingerprint, status, JSON.stringify(headers), body],
  );
  return rowCount === 1;
}
