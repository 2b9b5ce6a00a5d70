import type { DailyUsage } from '#libs/daily-usage/daily-differences.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import type { Span } from '#libs/metering/read/split-span.ts';
import { selectMeterVersions } from '#libs/metering/store/select-meter-versions.ts';
import { readUsageWindows } from './read-usage-windows.ts';

/** Key of the meter of pulses, and what it must group by. */
const METER = 'pulse';
const GROUP_BY = ['product_sku', 'use_unit'] as const;

/**
 * What was used by customer, product and unit on each day of UTC in a span. In a REPEATABLE READ transaction.
 * @throws ApiError where there is no meter for it
 */
export async function readDailyUsage(
  tx: Transaction,
  organizationId: number,
  span: Span,
): Promise<(DailyUsage & { readonly date: string })[]> {
  const versions = (await selectMeterVersions(tx, organizationId, [METER])).get(METER);
  if (
    !versions ||
    versions.some(
      ({ aggregation, groupBy }) => aggregation !== 'sum' || !GROUP_BY.every((name) => groupBy.includes(name)),
    )
  )
    throw new ApiError(
      'not_found',
      `There is no meter "${METER}" that sums and groups by ${GROUP_BY.join(' and ')}: make it as docs/api/compat.md says.`,
    );
  const rows = await readUsageWindows(tx, organizationId, {
    versions,
    customer: null,
    span,
    window: 'day',
    groupBy: GROUP_BY,
  });
  return rows.map(({ customer, window, groupKey, quantity }) => {
    const group = (groupKey === '' ? {} : JSON.parse(groupKey)) as Record<string, unknown>;
    return {
      date: new Date(window.from).toISOString().slice(0, 10),
      customer,
      productSku: textOf(group.product_sku),
      useUnit: textOf(group.use_unit),
      amount: quantity,
    };
  });
}

/** Events of this type that came in otherwise may lack one. */
const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));
