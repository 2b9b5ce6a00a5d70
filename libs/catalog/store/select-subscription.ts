import type { Transaction } from '#libs/database/transaction.ts';
import type { Subscription } from '../subscription-schema.ts';
import { SUBSCRIPTION_SELECT } from './subscription-select.ts';

export async function selectSubscription(
  tx: Transaction,
  organizationId: number,
  id: string,
): Promise<Subscription | null> {
  const { rows } = await tx.query<Subscription>(`${SUBSCRIPTION_SELECT} WHERE s.organization_id = $1 AND s.id = $2`, [
    organizationId,
    id,
  ]);
  return rows[0] ?? null;
}
