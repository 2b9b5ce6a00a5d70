/** Columns of a PlanMigration. */
export const PLAN_MIGRATION_COLUMNS = `id, plan_key AS "planKey", from_version AS "fromVersion", to_version AS "toVersion", starts, state, cursor,
  total, looked_at AS "lookedAt", moved, created_at AS "createdAt", finished_at AS "finishedAt"`;
