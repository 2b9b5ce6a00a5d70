import type { Transaction } from '#libs/database/transaction.ts';
import type { ExchangeRateEntry } from '../exchange-rate-schema.ts';
import { EXCHANGE_RATE_COLUMNS } from './exchange-rate-columns.ts';

/** Every rate into a currency that is in force for one of these days, by date. */
export async function selectRatesTo(
  tx: Transaction,
  organizationId: number,
  to: string,
  first: string,
  last: string,
): Promise<ExchangeRateEntry[]> {
  const { rows } = await tx.query<ExchangeRateEntry>(
    `SELECT ${EXCHANGE_RATE_COLUMNS} FROM exchange_rates
      WHERE organization_id = $1 AND to_currency = $2 AND date BETWEEN $3 AND $4 AND withdrawn_at IS NULL
      ORDER BY date`,
    [organizationId, to, first, last],
  );
  return rows;
}
