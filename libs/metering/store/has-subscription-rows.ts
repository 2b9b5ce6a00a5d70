import type { Transaction } from '#libs/database/transaction.ts';

/** Whether an hour (epoch milliseconds) holds usage that names a subscription: the live view shows only what names none. */
export async function hasSubscriptionRows(
  tx: Transaction,
  organizationId: number,
  meterId: number,
  customer: string,
  hour: number,
): Promise<boolean> {
  const { rows } = await tx.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM usage_hourly
                     WHERE organization_id = $1 AND meter_id = $2 AND customer = $3 AND hour = $4 AND subscription <> '') AS found`,
    [organizationId, meterId, customer, new Date(hour)],
  );
  return rows[0]?.found === true;
}
