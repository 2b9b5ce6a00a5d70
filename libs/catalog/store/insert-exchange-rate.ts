import type { Transaction } from '#libs/database/transaction.ts';
import type { ExchangeRateEntry, ExchangeRateInput } from '../exchange-rate-schema.ts';
import { EXCHANGE_RATE_COLUMNS } from './exchange-rate-columns.ts';

/** Under lockExchangeRate, after a look that the pair has none in force for that day. */
export async function insertExchangeRate(
  tx: Transaction,
  organizationId: number,
  id: string,
  { from, to, rate, date, source }: ExchangeRateInput,
): Promise<ExchangeRateEntry> {
  const { rows } = await tx.query<ExchangeRateEntry>(
    `INSERT INTO exchange_rates (organization_id, id, from_currency, to_currency, rate, date, source)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${EXCHANGE_RATE_COLUMNS}`,
    [organizationId, id, from, to, rate, date, source],
  );
  return rows[0] as ExchangeRateEntry;
}
