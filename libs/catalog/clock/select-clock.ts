import type { Transaction } from '#libs/database/transaction.ts';

/** The clock of an organization. */
export interface OrganizationClock {
  readonly mode: 'live' | 'test';
  /** Epoch milliseconds: its present, by the database's clock. */
  readonly now: number;
  /** So many seconds ahead of the real time; 0 but for test organizations. */
  readonly offsetSeconds: number;
}

/** Null: there is no such organization. `forUpdate`: nobody else moves it until the end of the transaction. */
export async function selectClock(
  tx: Transaction,
  organizationId: number,
  forUpdate = false,
): Promise<OrganizationClock | null> {
  const { rows } = await tx.query<Omit<OrganizationClock, 'now'> & { readonly now: Date }>(
    `SELECT mode, now() + make_interval(secs => clock_offset_seconds) AS now, clock_offset_seconds AS "offsetSeconds"
       FROM organizations WHERE id = $1 ${forUpdate ? 'FOR NO KEY UPDATE' : ''}`,
    [organizationId],
  );
  return rows[0] ? { ...rows[0], now: rows[0].now.getTime() } : null;
}
