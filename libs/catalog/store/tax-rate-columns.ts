/** Columns of a TaxRateEntry. */
export const TAX_RATE_COLUMNS = `id, key, name, percent, inclusive, charges, valid_from AS "validFrom", valid_to AS "validTo", created_at AS "createdAt"`;
