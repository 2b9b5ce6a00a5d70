import type { Transaction } from '#libs/database/transaction.ts';

/** Names of the sources an organization ever sent events from, in order, at most `limit`. */
export async function selectEventSources(tx: Transaction, organizationId: number, limit: number): Promise<string[]> {
  const { rows } = await tx.query<{ source: string }>(
    'SELECT source FROM event_sources WHERE organization_id = $1 ORDER BY source LIMIT $2',
    [organizationId, limit],
  );
  return rows.map((row) => row.source);
}
