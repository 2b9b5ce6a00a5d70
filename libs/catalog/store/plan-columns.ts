/** Columns of a Plan. */
export const PLAN_COLUMNS = 'id, key, version, name, currency, created_at AS "createdAt"';
