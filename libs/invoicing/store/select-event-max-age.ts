import type { Transaction } from '#libs/database/transaction.ts';

/** How many days back from its arrival an event's time may lie. */
export async function selectEventMaxAge(tx: Transaction, organizationId: number): Promise<number> {
  const { rows } = await tx.query<{ days: number }>(
    'SELECT event_max_age_days AS days FROM organizations WHERE id = $1',
    [organizationId],
  );
  return (rows[0] as { days: number }).days;
}
