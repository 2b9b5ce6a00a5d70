import type { Customer } from '#libs/catalog/customer-schema.ts';

/** A customer with all that its documents take from it. */
export type BillableCustomer = Omit<Customer, 'timeZone' | 'createdAt' | 'erasedAt'>;

/** Its columns, of customers c. */
export const BILLABLE_CUSTOMER_COLUMNS = `c.id, c.key, c.name, c.email, c.address_lines AS "addressLines", c.tax_id AS "taxId",
  c.tax_treatment AS "taxTreatment", c.tax_treatment_reason AS "taxTreatmentReason", c.tax_rates AS "taxRates",
  c.grace_minutes AS "graceMinutes", c.payment_terms_days AS "paymentTermsDays",
  ARRAY(SELECT alias FROM customer_aliases a
         WHERE a.organization_id = c.organization_id AND a.customer_key = c.key ORDER BY alias) AS aliases`;
