import type { Transaction } from '#libs/database/transaction.ts';

export interface PlanMigrationFailure {
  readonly subscriptionId: string;
  readonly code: string;
  readonly detail: string;
}

export async function insertPlanMigrationFailure(
  tx: Transaction,
  organizationId: number,
  migrationId: string,
  { subscriptionId, code, detail }: PlanMigrationFailure,
): Promise<void> {
  await tx.query(
    `INSERT INTO plan_migration_failures (organization_id, migration_id, subscription_id, code, detail) VALUES ($1, $2, $3, $4, $5)`,
    [organizationId, migrationId, subscriptionId, code, detail],
  );
}
