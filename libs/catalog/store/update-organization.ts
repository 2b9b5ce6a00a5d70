import type { Transaction } from '#libs/database/transaction.ts';
import type { Organization, OrganizationSettings } from '../organization-schema.ts';
import { ORGANIZATION_COLUMNS } from './organization-columns.ts';

/** Its mode stays as it is. */
export async function updateOrganization(
  tx: Transaction,
  id: number,
  settings: OrganizationSettings,
): Promise<Organization> {
  const { rows } = await tx.query<Organization>(
    `UPDATE organizations SET name = $2, event_max_age_days = $3, event_max_ahead_seconds = $4,
            events_reach_until = CASE WHEN $4 < event_max_ahead_seconds
              THEN greatest(events_reach_until, now() + make_interval(secs => clock_offset_seconds + event_max_ahead_seconds)) ELSE events_reach_until END,
            grace_minutes = $5, time_zone = $6,
            seller = $7, payment_terms_days = $8, tax_rates = $9,
            currency = $10, numbering = $11, document_url = $12, document_notes = $13, dead_letters = $14,
            retention_years = $15
      WHERE id = $1 RETURNING ${ORGANIZATION_COLUMNS}`,
    [
      id,
      settings.name,
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
