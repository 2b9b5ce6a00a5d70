import type { Transaction } from '#libs/database/transaction.ts';

/** Notes from which local date on something may be due; null: nothing is to come. The rows are locked. */
export async function updateDueFrom(
  tx: Transaction,
  organizationId: number,
  dates: ReadonlyMap<string, string | null>,
): Promise<void> {
  if (dates.size === 0) return;
  await tx.query(
    `UPDATE subscriptions s SET due_from = d.due_from
       FROM unnest($2::uuid[], $3::date[]) AS d (id, due_from)
      WHERE s.organization_id = $1 AND s.id = d.id`,
    [organizationId, [...dates.keys()], [...dates.values()]],
  );
}
