import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import type { TimeBounds } from '#libs/events/judge-event.ts';
import type { MeterCatalog } from '#libs/metering/meter.ts';
import { selectMeterCatalog } from '#libs/metering/store/select-meter-catalog.ts';
import { selectOrganizationBounds } from '#libs/metering/store/select-organization-bounds.ts';

/** What ingest must know of an organization to judge its events. */
export interface OrganizationRules {
  readonly bounds: TimeBounds;
  readonly catalog: MeterCatalog;
}

const FRESH_MS = 1000;
const STALE_MS = 60_000;
const PATIENCE_MS = 1000;

/**
 * Rules per organization, read at most once a second. While Postgres is away the last ones serve for a minute, as keys do; the
 * aggregator reads the meters again under a lock, so a stale meter here can only let a doubtful event through to be kept as a dead letter.
 */
export function createOrganizationRules(
  pool: Pool,
  now: () => number = Date.now,
): (organizationId: number) => Promise<OrganizationRules> {
  interface Entry {
    readonly rules: OrganizationRules;
    readonly readAt: number;
  }
  const entries = new Map<number, Entry>();
  const reading = new Map<number, Promise<OrganizationRules>>();

  const read = async (organizationId: number): Promise<OrganizationRules> => {
    const readAt = now();
    const rules = await inOrganization(pool, organizationId, async (tx) => ({
      bounds: await selectOrganizationBounds(tx, organizationId),
      catalog: await selectMeterCatalog(tx),
    }));
    entries.set(organizationId, { rules, readAt });
    return rules;
  };

  return async (organizationId) => {
    const known = entries.get(organizationId);
    if (known && now() - known.readAt < FRESH_MS) return known.rules;
    let pending = reading.get(organizationId);
    if (!pending) {
      pending = read(organizationId).finally(() => reading.delete(organizationId));
      reading.set(organizationId, pending);
    }
    if (!known || now() - known.readAt >= STALE_MS) return pending;
    // A Postgres that hangs, or is away, holds up nobody while the last rules may still serve.
    pending.catch(() => {});
    return Promise.race([pending.catch(() => known.rules), pause(PATIENCE_MS, known.rules)]);
  };
}
