/** Columns of a Plan. */
export const PLAN_COLUMNS = `id, key, version, state, name, currency, interval, minimum_amount::text AS "minimumAmount", created_at AS "createdAt"`;
