import type { Transaction } from '#libs/database/transaction.ts';
import type { UnitKind } from '../due/due-unit.ts';
import type { BilledUnit } from '../due/due-units.ts';

/** What subscriptions have been billed for that ended at or after an instant (epoch milliseconds), given for each. */
export async function selectBilledUnits(
  tx: Transaction,
  organizationId: number,
  since: ReadonlyMap<string, number>,
): Promise<BilledUnit[]> {
  const { rows } = await tx.query<BilledRow>(
    `SELECT ${COLUMNS}
       FROM unnest($2::uuid[], $3::timestamptz[]) AS w (wanted_id, since)
      CROSS JOIN LATERAL (
        SELECT * FROM billed_units b WHERE b.organization_id = $1 AND b.subscription_id = w.wanted_id AND b.service_to >= w.since
        -- By the key of each, never by reading all there are.
        OFFSET 0) AS b`,
    [organizationId, [...since.keys()], [...since.values()].map((at) => new Date(at))],
  );
  return rows.map(toBilledUnit);
}

/** What documents bill. */
export async function selectUnitsOfInvoices(
  tx: Transaction,
  organizationId: number,
  invoiceIds: readonly string[],
): Promise<BilledUnit[]> {
  const { rows } = await tx.query<BilledRow>(
    `SELECT ${COLUMNS}
       FROM billed_units WHERE organization_id = $1 AND invoice_id = ANY($2::uuid[])`,
    [organizationId, invoiceIds],
  );
  return rows.map(toBilledUnit);
}

/** What a document bills. */
export async function selectUnitsOfInvoice(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
): Promise<BilledUnit[]> {
  const { rows } = await tx.query<BilledRow>(
    `SELECT ${COLUMNS}
       FROM billed_units WHERE organization_id = $1 AND invoice_id = $2`,
    [organizationId, invoiceId],
  );
  return rows.map(toBilledUnit);
}

const COLUMNS =
  'subscription_id, charge_key, kind, service_from, service_to, amount::text AS amount, change_id, priced_by, invoice_id, usage_digest::text, usage_events::text';

interface BilledRow {
  readonly subscription_id: string;
  readonly charge_key: string;
  readonly kind: UnitKind;
  readonly service_from: Date;
  readonly service_to: Date;
  readonly amount: string;
  readonly change_id: string;
  readonly priced_by: string | null;
  readonly invoice_id: string | null;
  readonly usage_digest: string | null;
  readonly usage_events: string | null;
}

const toBilledUnit = (row: BilledRow): BilledUnit => ({
  subscriptionId: row.subscription_id,
  chargeKey: row.charge_key,
  kind: row.kind,
  from: row.service_from.getTime(),
  to: row.service_to.getTime(),
  amount: row.amount,
  changeId: row.change_id,
  pricedBy: row.priced_by,
  invoiceId: row.invoice_id,
  seen:
    row.usage_digest === null || row.usage_events === null
      ? null
      : { digest: row.usage_digest, events: row.usage_events },
});
