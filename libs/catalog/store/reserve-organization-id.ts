import { actingSetting } from '#libs/database/acting.ts';
import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Takes the id of an organization that is about to be made and turns the rest of the transaction over to it: the API role may
 * write only what belongs to the organization that its transaction names.
 */
export async function reserveOrganizationId(tx: Transaction): Promise<number> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT set_config('tollbook.organization_id', nextval('organizations_id_seq')::text, true) AS id,
            set_config('tollbook.request', $1, true)`,
    [actingSetting()],
  );
  return Number((rows[0] as { id: string }).id);
}
