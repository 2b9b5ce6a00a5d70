import type { Pool } from '#libs/database/pool.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const STALLED_MS = 60_000;

/** Events of an organization that are committed in the aggregates. Read where the aggregator's transaction writes it, which costs little. */
async function countedEvents(pool: Pool, organizationId: number): Promise<number> {
  const { rows } = await pool.query<{ records: string }>(
    "SELECT coalesce(sum(records), 0) AS records FROM record_counts WHERE organization_id = $1 AND outcome = 'counted'",
    [organizationId],
  );
  return Number(rows[0]?.records);
}

/** Resolves once that many events are committed. @throws Error when nothing moved for a minute. */
export async function waitUntilCounted(pool: Pool, organizationId: number, events: number): Promise<void> {
  for (let counted = await countedEvents(pool, organizationId); counted < events; ) {
    const before = counted;
    await waitFor(
      async () => {
        counted = await countedEvents(pool, organizationId);
        return counted >= events || counted > before + 1000;
      },
      { timeoutMs: STALLED_MS, describe: () => `${events} events to be counted, stopped at ${counted}` },
    );
  }
}

/**
 * The exit of every benchmark: each meter of the organization has counted exactly these events, none lost and none twice.
 * @throws Error that names the meter. A benchmark that lost or doubled an event would have measured the wrong thing.
 */
export async function assertExact(pool: Pool, organizationId: number, events: number, meters: number): Promise<void> {
  const { rows } = await pool.query<{ meter: string; events: string }>(
    `SELECT m.key AS meter, coalesce(sum(u.event_count), 0) AS events
       FROM meters m LEFT JOIN usage_hourly u ON u.organization_id = m.organization_id AND u.meter_id = m.id
      WHERE m.organization_id = $1 GROUP BY m.key`,
    [organizationId],
  );
  if (rows.length !== meters) throw new Error(`the organization has ${rows.length} meters instead of ${meters}`);
  for (const row of rows) {
    const difference = Number(row.events) - events;
    if (difference !== 0)
      throw new Error(
        `WRONG: meter ${row.meter} counted ${row.events} events instead of ${events}: ${Math.abs(difference)} ${difference < 0 ? 'lost' : 'doubled'}`,
      );
  }
  const raw = await pool.query<{ events: string }>(
    'SELECT count(*) AS events FROM usage_events WHERE organization_id = $1',
    [organizationId],
  );
  if (Number(raw.rows[0]?.events) !== events)
    throw new Error(`WRONG: ${raw.rows[0]?.events} raw events are stored instead of ${events}`);
}
