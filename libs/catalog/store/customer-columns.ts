/** Columns of a Customer. */
export const CUSTOMER_COLUMNS = `id, key, name, email, address_lines AS "addressLines", tax_id AS "taxId", tax_treatment AS "taxTreatment",
  tax_treatment_reason AS "taxTreatmentReason", tax_rates AS "taxRates", grace_minutes AS "graceMinutes",
  payment_terms_days AS "paymentTermsDays", time_zone AS "timeZone", created_at AS "createdAt", erased_at AS "erasedAt",
  ARRAY(SELECT a.alias FROM customer_aliases a
         WHERE a.organization_id = customers.organization_id AND a.customer_key = customers.key ORDER BY a.alias) AS aliases`;
