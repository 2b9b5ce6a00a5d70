import type { Transaction } from '#libs/database/transaction.ts';
import type { Organization, OrganizationSettings } from '../organization-schema.ts';
import { ORGANIZATION_COLUMNS } from './organization-columns.ts';

/** `id` from reserveOrganizationId, in the same transaction. */
export async function insertOrganization(
  tx: Transaction,
  id: number,
  settings: OrganizationSettings,
): Promise<Organization> {
  const { rows } = await tx.query<Organization>(
    `INSERT INTO organizations (id, name, mode, event_max_age_days, event_max_ahead_seconds, grace_minutes, time_zone, seller, payment_terms_days, tax_rates,
                                currency, numbering, document_url, document_notes, dead_letters, retention_years)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING ${ORGANIZATION_COLUMNS}`,
    [
      id,
      settings.name,
      settings.mode,
      settings.eventMaxAgeDays,
      settings.eventMaxAheadSeconds,
      settings.graceMinutes,
      settings.timeZone,
      JSON.stringify(settings.seller),
      settings.paymentTermsDays,
      settings.taxRates,
      settings.currency,
      JSON.stringify(settings.numbering),
      settings.documentUrl,
      settings.documentNotes,
      settings.deadLetters,
      settings.retentionYears,
    ],
  );
  return rows[0] as Organization;
}
