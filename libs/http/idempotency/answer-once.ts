import { hash } from 'node:crypto';
import type { Pool } from '#libs/database/pool.ts';
import { inSharedTransaction } from '#libs/database/shared-transaction.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '../errors.ts';
import { insertStoredAnswer } from './store/insert-stored-answer.ts';
import { type KeptAnswer, selectStoredAnswer } from './store/select-stored-answer.ts';
import { tryLockKey } from './store/try-lock-key.ts';
import type { KeyedRequest, StoredAnswer } from './stored-answer.ts';

/*
 * One effect for one Idempotency-Key. The answer is stored in the transaction of the effect (libs/database/shared-transaction.ts), so wherever the
 * process dies there are both or neither: the retry is given the same answer, or has the first effect.
 *
 * Each transaction of the request first takes the key's lock and looks whether somebody was faster. The lock is Postgres': it goes
 * with the connection of whoever dies, and needs no time limit. Of many equal requests at once those that find it taken are told
 * so (409); the primary key stands behind it.
 */

export interface AnsweredOnce {
  readonly answer: StoredAnswer;
  readonly isReplayed: boolean;
}

/**
 * `work` answers what is to be stored, refusals by state among it; what it throws takes back all that it did and is not stored.
 * @throws ApiError `idempotency_key_in_use`, `idempotency_key_reused`, `answer_erased`
 */
export async function answerOnce(
  pool: Pool,
  request: KeyedRequest,
  work: () => Promise<StoredAnswer>,
): Promise<AnsweredOnce> {
  const stored = await inOrganization(pool, request.organizationId, (tx) => selectStoredAnswer(tx, request));
  if (stored) return replay(request, stored);
  const lock = lockOf(request);
  const begin = async (tx: Transaction) => {
    await tx.query("SELECT set_config('tollbook.organization_id', $1, true)", [String(request.organizationId)]);
    if (!(await tryLockKey(tx, lock))) throw inUse();
    const faster = await selectStoredAnswer(tx, request);
    if (faster) throw new WasFaster(faster);
  };
  try {
    return await inSharedTransaction({ pool, begin }, async (commit) => {
      const answer = await work();
      await commit(async (tx) => {
        if (!(await insertStoredAnswer(tx, request, answer))) throw inUse();
      });
      return { answer, isReplayed: false };
    });
  } catch (error) {
    if (error instanceof WasFaster) return replay(request, error.stored);
    throw error;
  }
}

class WasFaster extends Error {
  readonly stored: KeptAnswer;

  constructor(stored: KeptAnswer) {
    super('an equal request was faster');
    this.stored = stored;
  }
}

function replay(request: KeyedRequest, { fingerprint, erased, ...answer }: KeptAnswer): AnsweredOnce {
  if (!fingerprint.equals(request.fingerprint))
    throw new ApiError(
      'idempotency_key_reused',
      'This Idempotency-Key was used for another route or body within the last 24 hours. Take a new key for a new request.',
    );
  if (erased)
    throw new ApiError(
      'answer_erased',
      `This request was done once and answered ${answer.status}; what it was answered was removed when its customer was erased. Nothing was done again.`,
      { headers: { 'Idempotency-Replayed': 'true' } },
    );
  return { answer, isReplayed: true };
}

const inUse = (): ApiError =>
  new ApiError(
    'idempotency_key_in_use',
    'A request with this Idempotency-Key is still running. Try again with the same key to have its answer.',
    { headers: { 'Retry-After': '1' } },
  );

function lockOf({ organizationId, digest }: KeyedRequest): bigint {
  const name = Buffer.concat([Buffer.from(`idempotency key of ${organizationId}:`), digest]);
  return hash('sha256', name, 'buffer').readBigInt64BE();
}
