import { answerWithin } from '#libs/database/answer-within.ts';
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
/** Senders are answered within 5 s, of which the log may need 4. */
const PATIENCE_MS = 300;
const PATIENCE_WITHOUT_RULES_MS = 2000;

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
    // Whoever waits hears of it; when nobody waits any more it must not end the process.
    pending.catch(() => {});
    const fallback = known && now() - known.readAt < STALE_MS ? known.rules : undefined;
    try {
      return await answerWithin(pending, fallback ? PATIENCE_MS : PATIENCE_WITHOUT_RULES_MS, 'look up the meters');
    } catch (error) {
      // A Postgres that hangs, or is away, refuses nobody while the last rules may still serve.
      if (fallback) return fallback;
      throw error;
    }
  };
}
