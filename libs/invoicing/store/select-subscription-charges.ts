import type { Transaction } from '#libs/database/transaction.ts';
import type { SubscriptionCharges } from '../due-units.ts';

/** Which subscriptions: of these customers, or these themselves. */
export type SubscriptionChoice =
  | { readonly customerIds: readonly string[]; readonly subscriptionIds?: undefined }
  | { readonly subscriptionIds: readonly string[]; readonly customerIds?: undefined };

/** Subscriptions with the charges of their plan version, by subscription and position. One without charges is left out. */
export async function selectSubscriptionCharges(
  tx: Transaction,
  organizationId: number,
  choice: SubscriptionChoice,
): Promise<SubscriptionCharges[]> {
  const { rows } = await tx.query<ChargeRow>(
    `SELECT s.id, s.customer_id, s.starts_on, s.ends_on, s.time_zone, s.created_at,
            p.key AS plan_key, p.version AS plan_version, p.currency,
            c.key AS charge_key, c.position, c.terms, c.meter_id, m.key AS meter_key
       FROM subscriptions s
       JOIN plans p ON p.organization_id = s.organization_id AND p.id = s.plan_id
       JOIN charges c ON c.organization_id = p.organization_id AND c.plan_id = p.id
       LEFT JOIN meters m ON m.organization_id = c.organization_id AND m.id = c.meter_id
      WHERE s.organization_id = $1 AND (s.customer_id = ANY($2::uuid[]) OR s.id = ANY($3::uuid[]))
      ORDER BY s.id, c.position, c.key`,
    [organizationId, choice.customerIds ?? [], choice.subscriptionIds ?? []],
  );
  return [...Map.groupBy(rows, (row) => row.id).values()].map(toSubscription);
}

interface ChargeRow {
  readonly id: string;
  readonly customer_id: string;
  readonly starts_on: string;
  readonly ends_on: string | null;
  readonly time_zone: string;
  readonly created_at: Date;
  readonly plan_key: string;
  readonly plan_version: number;
  readonly currency: string;
  readonly charge_key: string;
  readonly position: number;
  readonly terms: unknown;
  readonly meter_id: number | null;
  readonly meter_key: string | null;
}

function toSubscription(rows: readonly ChargeRow[]): SubscriptionCharges {
  const [first] = rows as [ChargeRow];
  return {
    subscriptionId: first.id,
    customerId: first.customer_id,
    startsOn: first.starts_on,
    endsOn: first.ends_on,
    timeZone: first.time_zone,
    createdAt: first.created_at.getTime(),
    plan: `"${first.plan_key}", version ${first.plan_version}`,
    currency: first.currency,
    charges: rows.map((row) => ({
      key: row.charge_key,
      position: row.position,
      terms: row.terms,
      meter: row.meter_id === null ? null : { id: row.meter_id, key: row.meter_key as string },
    })),
  };
}
