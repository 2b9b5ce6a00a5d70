import type { Transaction } from '#libs/database/transaction.ts';
import { draftKeyText } from '../documents/assemble.ts';
import type { MadeDraft } from './upsert-period-drafts.ts';

/**
 * Removes drafts of periods of these customers that were not made again, since nothing of them is to be billed any more, and those of which
 * something was billed meanwhile. What was entered by hand on them stays, as a draft of its own.
 */
export async function deleteOutdatedDrafts(
  tx: Transaction,
  organizationId: number,
  customerIds: readonly string[],
  made: readonly MadeDraft[],
): Promise<void> {
  const billed = await selectBilled(tx, organizationId, made);
  const kept = made
    .filter((draft) => !billed.has(draft.id))
    .map(({ customerId, key }) => `${customerId} ${draftKeyText(key)}`);
  await tx.query(
    `WITH outdated AS (
       SELECT id, manual_lines = '[]' AND manual_discounts = '[]' AS is_empty FROM invoice_drafts
        WHERE organization_id = $1 AND customer_id = ANY($2::uuid[]) AND kind = 'period'
          AND customer_id || ' ' || due_on || ' ' || currency || ' ' || time_zone <> ALL($3::text[])
          FOR UPDATE
     ), removed AS (
       DELETE FROM invoice_drafts d USING outdated o WHERE d.organization_id = $1 AND d.id = o.id AND o.is_empty
     )
     UPDATE invoice_drafts d SET kind = 'one_off', due_on = NULL, time_zone = NULL, finalize_at = NULL, version = version + 1
       FROM outdated o WHERE d.organization_id = $1 AND d.id = o.id AND NOT o.is_empty`,
    [organizationId, customerIds, kept],
  );
}

/** Of which drafts the first unit stands on a document by now. */
async function selectBilled(tx: Transaction, organizationId: number, made: readonly MadeDraft[]): Promise<Set<string>> {
  const units = made.flatMap(({ id, unit }) => (unit ? [{ id, ...unit }] : []));
  if (units.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>(
    `SELECT u.id FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[])
                      AS u (id, subscription_id, charge_key, kind, service_from)
       JOIN billed_units b USING (subscription_id, charge_key, kind, service_from)
      WHERE b.organization_id = $1`,
    [
      organizationId,
      units.map(({ id }) => id),
      units.map(({ subscriptionId }) => subscriptionId),
      units.map(({ chargeKey }) => chargeKey),
      units.map(({ kind }) => kind),
      units.map(({ serviceFrom }) => serviceFrom),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}
