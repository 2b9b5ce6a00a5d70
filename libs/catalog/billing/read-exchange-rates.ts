import type { Transaction } from '#libs/database/transaction.ts';
import { type ExchangeRate, MAX_RATE_AGE_DAYS } from '#libs/money/find-rate.ts';
import { addDays } from '../billing-period.ts';
import { selectRatesTo } from '../store/select-rates-to.ts';

/** Every rate into a currency that may hold on a day. */
export const readExchangeRates = (
  tx: Transaction,
  organizationId: number,
  to: string,
  on: string,
): Promise<readonly ExchangeRate[]> => selectRatesTo(tx, organizationId, to, addDays(on, -MAX_RATE_AGE_DAYS), on);
