import type { Transaction } from '#libs/database/transaction.ts';
import type { ExchangeRateEntry } from '../exchange-rate-schema.ts';
import { EXCHANGE_RATE_COLUMNS } from './exchange-rate-columns.ts';

/** Null: it is withdrawn already. */
export async function withdrawExchangeRate(
  tx: Transaction,
  organizationId: number,
  id: string,
): Promise<ExchangeRateEntry | null> {
  const { rows } = await tx.query<ExchangeRateEntry>(
    `UPDATE exchange_rates SET withdrawn_at = now() WHERE organization_id = $1 AND id = $2 AND withdrawn_at IS NULL
     RETURNING ${EXCHANGE_RATE_COLUMNS}`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
