import type { Transaction } from '#libs/database/transaction.ts';

/** Lets a version of a meter end where the next one begins. Under the exclusive catalogue lock. */
export async function endMeterVersion(
  tx: Transaction,
  organizationId: number,
  meterId: number,
  until: Date,
): Promise<void> {
  await tx.query('UPDATE meters SET effective_until = $3 WHERE organization_id = $1 AND id = $2', [
    organizationId,
    meterId,
    until,
  ]);
}
