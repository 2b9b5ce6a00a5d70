import type { Transaction } from '#libs/database/transaction.ts';

/** All keys of these organizations but the one given sign no more. */
export async function retireSigningKeys(
  tx: Transaction,
  organizationIds: readonly number[],
  exceptId: string,
): Promise<void> {
  await tx.query(
    'UPDATE signing_keys SET retired_at = now() WHERE organization_id = ANY($1::integer[]) AND id <> $2 AND retired_at IS NULL',
    [organizationIds, exceptId],
  );
}
