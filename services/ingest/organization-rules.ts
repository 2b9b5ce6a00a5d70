import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { createMemory } from '#libs/http/create-memory.ts';
import type { MeterCatalog } from '#libs/metering/meter.ts';
import { selectMeterCatalog } from '#libs/metering/store/select-meter-catalog.ts';
import { type OrganizationBounds, selectOrganizationBounds } from '#libs/metering/store/select-organization-bounds.ts';

/** What ingest must know of an organization to judge its events. */
export interface OrganizationRules {
  readonly bounds: Omit<OrganizationBounds, 'reachedUntil'>;
  readonly catalog: MeterCatalog;
}

/**
 * Rules per organization, read at most once a second. While Postgres is away the last ones serve for a minute, as keys do; the
 * aggregator reads the meters again under a lock, so a stale meter here can only let a doubtful event through to be kept as a dead letter.
 */
export function createOrganizationRules(
  pool: Pool,
  now?: () => number,
): (organizationId: number) => Promise<OrganizationRules> {
  const remember = createMemory<OrganizationRules>({ what: 'look up the meters', ...(now && { now }) });
  return (organizationId) =>
    remember(organizationId, () =>
      inOrganization(pool, organizationId, async (tx) => ({
        bounds: await selectOrganizationBounds(tx, organizationId),
        catalog: await selectMeterCatalog(tx),
      })),
    );
}
