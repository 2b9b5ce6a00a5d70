import type { Transaction } from '#libs/database/transaction.ts';
import type { TimeBounds } from '#libs/events/judge-event.ts';

/** How far from its arrival an event's time may lie, for one organization. */
export async function selectOrganizationBounds(tx: Transaction, organizationId: number): Promise<TimeBounds> {
  const { rows } = await tx.query<{ event_max_age_days: number; event_max_ahead_seconds: number }>(
    'SELECT event_max_age_days, event_max_ahead_seconds FROM organizations WHERE id = $1',
    [organizationId],
  );
  const row = rows[0];
  if (!row) throw new Error(`organization ${organizationId} does not exist`);
  return { maxAgeDays: row.event_max_age_days, maxAheadSeconds: row.event_max_ahead_seconds };
}
