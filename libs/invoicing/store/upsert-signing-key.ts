import type { Transaction } from '#libs/database/transaction.ts';

/** Makes a key known to organizations as the one that signs from now on. */
export async function upsertSigningKey(
  tx: Transaction,
  organizationIds: readonly number[],
  key: { readonly id: string; readonly publicKey: Buffer },
): Promise<void> {
  await tx.query(
    `INSERT INTO signing_keys (organization_id, id, public_key)
     SELECT organization, $2, $3 FROM unnest($1::integer[]) AS organization ORDER BY organization
     ON CONFLICT (organization_id, id) DO UPDATE SET retired_at = NULL WHERE signing_keys.retired_at IS NOT NULL`,
    [organizationIds, key.id, key.publicKey],
  );
}
