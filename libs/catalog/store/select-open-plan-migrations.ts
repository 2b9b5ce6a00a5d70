import type { Transaction } from '#libs/database/transaction.ts';

/** Migrations of all organizations that are not completed, the oldest first. */
export async function selectOpenPlanMigrations(
  tx: Transaction,
): Promise<{ readonly organizationId: number; readonly id: string }[]> {
  const { rows } = await tx.query<{ organizationId: number; id: string }>(
    'SELECT organization_id AS "organizationId", id FROM open_plan_migrations()',
  );
  return rows;
}
