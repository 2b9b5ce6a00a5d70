import type { Transaction } from '#libs/database/transaction.ts';
import type { ExchangeRateEntry } from '../exchange-rate-schema.ts';
import { EXCHANGE_RATE_COLUMNS } from './exchange-rate-columns.ts';

export interface ExchangeRateFilter {
  readonly from: string | null;
  readonly to: string | null;
  readonly date: string | null;
  /** Last id of the page before; null: from the newest. */
  readonly before: string | null;
  readonly limit: number;
}

/** In the order they were entered, newest first; withdrawn ones too. */
export async function listExchangeRates(
  tx: Transaction,
  organizationId: number,
  { from, to, date, before, limit }: ExchangeRateFilter,
): Promise<ExchangeRateEntry[]> {
  const { rows } = await tx.query<ExchangeRateEntry>(
    `SELECT ${EXCHANGE_RATE_COLUMNS} FROM exchange_rates
      WHERE organization_id = $1 AND ($2::text IS NULL OR from_currency = $2) AND ($3::text IS NULL OR to_currency = $3)
        AND ($4::date IS NULL OR date = $4) AND ($5::uuid IS NULL OR id < $5)
      ORDER BY id DESC LIMIT $6`,
    [organizationId, from, to, date, before, limit],
  );
  return rows;
}
