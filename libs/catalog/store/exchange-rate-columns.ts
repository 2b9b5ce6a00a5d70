/** Columns of an ExchangeRateEntry. */
export const EXCHANGE_RATE_COLUMNS = `id, from_currency AS "from", to_currency AS "to", rate, date, source, created_at AS "createdAt",
  withdrawn_at AS "withdrawnAt"`;
