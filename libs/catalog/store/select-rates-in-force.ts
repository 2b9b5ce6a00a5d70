import type { Transaction } from '#libs/database/transaction.ts';
import type { ExchangeRateEntry } from '../exchange-rate-schema.ts';
import { EXCHANGE_RATE_COLUMNS } from './exchange-rate-columns.ts';

/** Rates of a pair in force, of the days from `first` to `last`, both included: what findRate chooses from. */
export async function selectRatesInForce(
  tx: Transaction,
  organizationId: number,
  pair: { readonly from: string; readonly to: string },
  first: string,
  last: string,
): Promise<ExchangeRateEntry[]> {
  const { rows } = await tx.query<ExchangeRateEntry>(
    `SELECT ${EXCHANGE_RATE_COLUMNS} FROM exchange_rates
      WHERE organization_id = $1 AND from_currency = $2 AND to_currency = $3 AND date BETWEEN $4 AND $5 AND withdrawn_at IS NULL
      ORDER BY date`,
    [organizationId, pair.from, pair.to, first, last],
  );
  return rows;
}
