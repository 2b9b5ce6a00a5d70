import type { Transaction } from '#libs/database/transaction.ts';
import { selectDayOutcomes } from '../store/select-day-outcomes.ts';
import { selectMeterBalances } from '../store/select-meter-balances.ts';
import { selectRawDays } from '../store/select-raw-days.ts';
import { selectStoredRows } from '../store/select-stored-rows.ts';
import { type Reconciled, type ReconciledDay, reconcileDays, totalOf } from './reconcile-days.ts';
import { type MeterBalance, unexplainedOfMeters } from './unexplained.ts';

export interface Reconciliation {
  /** Of the days; `unexplained` holds the meters' differences too. */
  readonly total: Reconciled;
  readonly days: readonly ReconciledDay[];
  /** Since each meter exists, whatever the days. */
  readonly meters: readonly MeterBalance[];
}

/** Everything of one organization that arrived from `from` to before `to` (YYYY-MM-DD, UTC). Several statements: the transaction must be REPEATABLE READ. */
export async function reconcileOrganization(
  tx: Transaction,
  organizationId: number,
  from: string,
  to: string,
): Promise<Reconciliation> {
  const outcomes = await selectDayOutcomes(tx, organizationId, from, to);
  const stored = await selectStoredRows(tx, organizationId, from, to);
  const [keptFrom = null] = await selectRawDays(tx, null);
  const meters = await selectMeterBalances(tx, organizationId);
  const days = reconcileDays(outcomes, stored, keptFrom);
  const total = totalOf(days);
  return { total: { ...total, unexplained: total.unexplained + Number(unexplainedOfMeters(meters)) }, days, meters };
}
