import type { Transaction } from '#libs/database/transaction.ts';
import type { ExchangeRateEntry } from '../exchange-rate-schema.ts';
import { EXCHANGE_RATE_COLUMNS } from './exchange-rate-columns.ts';

export async function selectExchangeRate(
  tx: Transaction,
  organizationId: number,
  id: string,
): Promise<ExchangeRateEntry | null> {
  const { rows } = await tx.query<ExchangeRateEntry>(
    `SELECT ${EXCHANGE_RATE_COLUMNS} FROM exchange_rates WHERE organization_id = $1 AND id = $2`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
