import type { Transaction } from '#libs/database/transaction.ts';
import type { TimeBounds } from '#libs/events/judge-event.ts';

export interface OrganizationBounds extends TimeBounds {
  /** Epoch milliseconds up to which an earlier, wider bound let events in; 0 when there was none. */
  readonly reachedUntil: number;
  /** Milliseconds by which the organization's clock is ahead; 0 but for test organizations. */
  readonly clockOffset: number;
}

/** How far from its arrival an event's time may lie, for one organization. */
export async function selectOrganizationBounds(tx: Transaction, organizationId: number): Promise<OrganizationBounds> {
  const { rows } = await tx.query<BoundsRow>(
    'SELECT event_max_age_days, event_max_ahead_seconds, events_reach_until, clock_offset_seconds FROM organizations WHERE id = $1',
    [organizationId],
  );
  const row = rows[0];
  if (!row) throw new Error(`organization ${organizationId} does not exist`);
  return {
    maxAgeDays: row.event_max_age_days,
    maxAheadSeconds: row.event_max_ahead_seconds,
    reachedUntil: row.events_reach_until?.getTime() ?? 0,
    clockOffset: row.clock_offset_seconds * 1000,
  };
}

interface BoundsRow {
  readonly event_max_age_days: number;
  readonly event_max_ahead_seconds: number;
  readonly events_reach_until: Date | null;
  readonly clock_offset_seconds: number;
}
