import type { Transaction } from '#libs/database/transaction.ts';

/** Notes the barrier once and answers the one that stands. */
export async function updateRunBarrier(
  tx: Transaction,
  organizationId: number,
  id: string,
  barrier: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const { rows } = await tx.query<{ barrier: Record<string, string> }>(
    `UPDATE billing_runs SET barrier = coalesce(barrier, $3)
      WHERE organization_id = $1 AND id = $2
      RETURNING barrier`,
    [organizationId, id, JSON.stringify(barrier)],
  );
  return rows[0]?.barrier ?? barrier;
}
