import type { Transaction } from '#libs/database/transaction.ts';
import { issueDateAfter, type Series } from '../documents/number.ts';
import type { SeriesRow } from './series-row.ts';

/** The dates on which documents are issued now: `today`, or that of the newest document of the series if a clock went back. */
export async function selectIssueDates(
  tx: Transaction,
  organizationId: number,
  today: string,
): Promise<Readonly<Record<Series, string>>> {
  const { rows } = await tx.query<Pick<SeriesRow, 'series' | 'last_issue_date'>>(
    'SELECT series, last_issue_date FROM invoice_series WHERE organization_id = $1',
    [organizationId],
  );
  const lastOf = (series: Series) => rows.find((row) => row.series === series)?.last_issue_date ?? null;
  return {
    invoice: issueDateAfter(today, lastOf('invoice')),
    credit_note: issueDateAfter(today, lastOf('credit_note')),
  };
}
