import type { Transaction } from '#libs/database/transaction.ts';

/** Newest year of a series, as of now. */
export async function selectLatestSeriesYear(
  tx: Transaction,
  organizationId: number,
  series: string,
): Promise<number | null> {
  const { rows } = await tx.query<{ year: number | null }>(
    'SELECT max(year) AS year FROM invoice_series WHERE organization_id = $1 AND series = $2',
    [organizationId, series],
  );
  return rows[0]?.year ?? null;
}
