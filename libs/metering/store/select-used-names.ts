import type { Transaction } from '#libs/database/transaction.ts';

/** Those of the names under which any meter of the organization has usage. */
export async function selectUsedNames(
  tx: Transaction,
  organizationId: number,
  names: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>(
    `SELECT w.name FROM unnest($2::text[]) AS w (name)
      WHERE EXISTS (SELECT FROM meters m
                     WHERE m.organization_id = $1
                       AND EXISTS (SELECT FROM usage_hourly u
                                    WHERE u.organization_id = $1 AND u.meter_id = m.id AND u.customer = w.name))`,
    [organizationId, names],
  );
  return rows.map(({ name }) => name);
}
