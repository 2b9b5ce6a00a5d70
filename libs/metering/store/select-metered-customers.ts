import type { Transaction } from '#libs/database/transaction.ts';

export interface CustomerPage {
  /** Keys, in the order of the database. */
  readonly keys: readonly string[];
  /** Where to go on; null: these were the last. */
  readonly next: string | null;
}

/**
 * Customers behind `after` who ever used one of the meters, by the index alone: one step per name, not per row. A name that is an alias counts for
 * its customer. Both lists are cut at `limit`, so what lies behind the end of the shorter one is left for the next page.
 */
export async function selectMeteredCustomers(
  tx: Transaction,
  organizationId: number,
  meterIds: readonly number[],
  after: string,
  limit: number,
): Promise<CustomerPage> {
  const { rows } = await tx.query<CustomerPage>(
    `WITH RECURSIVE met (name, n) AS (
       SELECT ${nextName('$3')}, 1
        UNION ALL
       SELECT ${nextName('met.name')}, n + 1 FROM met WHERE met.name IS NOT NULL AND n < $4
     ), owners AS (
       SELECT DISTINCT a.customer_key AS name FROM customer_aliases a
        WHERE a.organization_id = $1 AND a.customer_key > $3
          AND EXISTS (SELECT FROM usage_hourly u WHERE u.organization_id = $1 AND u.meter_id = ANY($2::integer[]) AND u.customer = a.alias)
        ORDER BY 1 LIMIT $4
     ), ends AS (
       SELECT least(CASE WHEN (SELECT count(name) FROM met) >= $4 THEN (SELECT max(name) FROM met) END,
                    CASE WHEN (SELECT count(*) FROM owners) >= $4 THEN (SELECT max(name) FROM owners) END) AS next
     )
     SELECT next, ARRAY(
              SELECT name FROM (
                SELECT name FROM met
                 WHERE NOT EXISTS (SELECT FROM customer_aliases WHERE organization_id = $1 AND alias = met.name)
                 UNION SELECT name FROM owners) AS found
               WHERE name IS NOT NULL AND (next IS NULL OR name <= next) ORDER BY name) AS keys
       FROM ends`,
    [organizationId, meterIds, after, limit],
  );
  return rows[0] as CustomerPage;
}

const nextName = (behind: string): string => `(
  SELECT min(f.customer) FROM unnest($2::integer[]) AS m (id)
   CROSS JOIN LATERAL (SELECT u.customer FROM usage_hourly u
                        WHERE u.organization_id = $1 AND u.meter_id = m.id AND u.customer > ${behind} ORDER BY u.customer LIMIT 1) AS f)`;
