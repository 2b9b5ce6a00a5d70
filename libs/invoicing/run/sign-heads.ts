import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { SigningKey } from '../chain/read-signing-key.ts';
import { signHead } from '../chain/sign-head.ts';
import { insertChainHeads } from '../store/insert-chain-heads.ts';
import { retireSigningKeys } from '../store/retire-signing-keys.ts';
import { selectUnsignedHeads, type UnsignedHead } from '../store/select-unsigned-heads.ts';
import { upsertSigningKey } from '../store/upsert-signing-key.ts';

export interface HeadsSigned {
  readonly signed: number;
  /** Series whose last document is not what the series says: they were touched, and nobody signs them. */
  readonly refused: readonly UnsignedHead[];
}

const AT_ONCE = 1000;

/**
 * Signs what every series ends with and is not signed yet. Behind the commit of the documents and never under the lock of a series: a head
 * that is not signed because the process died is signed by whoever looks next, and of two that sign the same one the first is kept.
 */
export async function signHeads(pool: Pool, key: SigningKey, clock: () => number): Promise<HeadsSigned> {
  return inTransaction(pool, async (tx) => {
    const unsigned = await selectUnsignedHeads(tx, AT_ONCE);
    const isWhole = ({ headHash, documentHash }: UnsignedHead) => documentHash?.equals(headHash) === true;
    const whole = unsigned.filter(isWhole);
    const refused = unsigned.filter((head) => !isWhole(head));
    if (whole.length === 0) return { signed: 0, refused };
    const organizationIds = [...new Set(whole.map(({ organizationId }) => organizationId))];
    await upsertSigningKey(tx, organizationIds, key);
    await retireSigningKeys(tx, organizationIds, key.id);
    const signedAt = new Date(clock()).toISOString();
    const heads = whole.map(({ organizationId, series, issueDate, number, headHash }) =>
      signHead(
        {
          organization: organizationId,
          series,
          issue_date: issueDate,
          series_number: number,
          hash: headHash.toString('hex'),
          signed_at: signedAt,
        },
        key,
      ),
    );
    return { signed: await insertChainHeads(tx, heads), refused };
  });
}
