import { selectCustomerNames } from '#libs/catalog/store/select-customer-names.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { readUsagePage, type UsageWindowRow } from '#libs/metering/read/read-usage-page.ts';
import type { Span } from '#libs/metering/read/split-span.ts';
import { windowsOf } from '#libs/metering/read/windows.ts';
import type { StoredMeter } from '#libs/metering/store/meter-row.ts';

const MAX_ROWS = 10_000;

/** Usage of a meter by full hours or days of UTC. In a REPEATABLE READ transaction. @throws ApiError when it is too much for one answer */
export async function readUsageWindows(
  tx: Transaction,
  organizationId: number,
  asked: {
    readonly versions: readonly StoredMeter[];
    /** Any of its names; null: all customers. */
    readonly customer: string | null;
    readonly span: Span;
    readonly window: 'hour' | 'day';
    readonly groupBy: readonly string[];
  },
): Promise<UsageWindowRow[]> {
  const names = asked.customer === null ? null : await selectCustomerNames(tx, organizationId, [asked.customer]);
  const rows = await readUsagePage(tx, organizationId, {
    versions: asked.versions,
    customer: names?.get(asked.customer as string)?.key ?? null,
    namesOf: (keys) => selectCustomerNames(tx, organizationId, keys),
    subscription: undefined,
    windows: [...windowsOf(asked.span, asked.window, 'UTC')],
    groups: { by: asked.groupBy, filter: {} },
    after: undefined,
    limit: MAX_ROWS + 1,
  });
  if (rows.length > MAX_ROWS)
    throw new ApiError('invalid_request', `The answer would have more than ${MAX_ROWS} rows: ask for a shorter time.`);
  return rows;
}
