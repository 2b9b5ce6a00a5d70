import type { Transaction } from '#libs/database/transaction.ts';

/** Gives back the units that these documents bill, and says how many there were. */
export async function deleteBilledUnits(
  tx: Transaction,
  organizationId: number,
  invoiceIds: readonly string[],
): Promise<number> {
  const { rowCount } = await tx.query(
    'DELETE FROM billed_units WHERE organization_id = $1 AND invoice_id = ANY($2::uuid[])',
    [organizationId, invoiceIds],
  );
  return rowCount ?? 0;
}
