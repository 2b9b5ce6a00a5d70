import type { OrganizationInput, OrganizationSettings } from './organization-schema.ts';

/** Settings as they are stored, from what was sent. */
export const settingsOf = (input: OrganizationInput): OrganizationSettings => ({
  name: input.name,
  mode: input.mode,
  eventMaxAgeDays: input.event_max_age_days,
  eventMaxAheadSeconds: input.event_max_ahead_seconds,
  graceMinutes: input.grace_minutes,
  timeZone: input.time_zone,
  seller: input.seller,
  paymentTermsDays: input.payment_terms_days,
  taxRates: input.tax_rates,
  currency: input.currency,
  numbering: input.numbering,
  documentUrl: input.document_url,
  documentNotes: input.document_notes,
  deadLetters: input.dead_letters,
  retentionYears: input.retention_years,
});
