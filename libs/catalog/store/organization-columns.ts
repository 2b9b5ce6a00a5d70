/** Columns of an Organization. */
export const ORGANIZATION_COLUMNS = `id, name, mode, event_max_age_days AS "eventMaxAgeDays", event_max_ahead_seconds AS "eventMaxAheadSeconds",
  grace_minutes AS "graceMinutes", time_zone AS "timeZone", seller, payment_terms_days AS "paymentTermsDays",
  tax_rates AS "taxRates", currency, numbering, document_url AS "documentUrl", document_notes AS "documentNotes",
  dead_letters AS "deadLetters", retention_years AS "retentionYears", created_at AS "createdAt"`;
