import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';

/** Usage of one customer, product and unit on a day. */
export interface DailyUsage {
  readonly customer: string;
  readonly productSku: string;
  readonly useUnit: string;
  /** Exact decimal. */
  readonly amount: string;
}

/** What has to be added to `sent` so that it comes to `used`; nothing where they are equal. In the order of `used`, then of `sent`. Pure. */
export function dailyDifferences(used: readonly DailyUsage[], sent: readonly DailyUsage[]): DailyUsage[] {
  const differences = new Map<string, { row: DailyUsage; amount: Big }>();
  const add = (row: DailyUsage, amount: Big) => {
    const key = JSON.stringify([row.customer, row.productSku, row.useUnit]);
    differences.set(key, { row, amount: amount.plus(differences.get(key)?.amount ?? '0') });
  };
  for (const row of used) add(row, new Big(row.amount));
  for (const row of sent) add(row, new Big(row.amount).times('-1'));
  return [...differences.values()].flatMap(({ row, amount }) =>
    amount.eq('0') ? [] : [{ ...row, amount: decimalString(amount) }],
  );
}
