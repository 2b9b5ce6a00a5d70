/** Columns of a Customer. */
export const CUSTOMER_COLUMNS =
  'id, key, name, email, address_lines AS "addressLines", tax_id AS "taxId", time_zone AS "timeZone", created_at AS "createdAt"';
