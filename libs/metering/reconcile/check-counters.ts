import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { selectEpochBalances } from '../store/select-epoch-balances.ts';
import { selectMeterBalances } from '../store/select-meter-balances.ts';
import { type EpochBalance, type MeterBalance, unexplainedOfEpochs, unexplainedOfMeters } from './unexplained.ts';

export interface CounterCheck {
  /** Sum of all differences. */
  readonly unexplained: bigint;
  /** Those that do not balance. */
  readonly epochs: readonly EpochBalance[];
  readonly meters: readonly MeterBalance[];
}

/**
 * Two laws over counters, for the whole installation, without a look at raw events: as many records were applied as the offsets say, and each
 * meter's hours hold as many events as were counted into them. `pool`: of the worker role.
 */
export async function checkCounters(pool: Pool): Promise<CounterCheck> {
  const { epochs, meters } = await inTransaction(
    pool,
    async (tx) => {
      // As long as it takes: a check that gives up would leave the last figure standing.
      await tx.query('SET LOCAL statement_timeout = 0');
      return { epochs: await selectEpochBalances(tx), meters: await selectMeterBalances(tx, null) };
    },
    'REPEATABLE READ READ ONLY',
  );
  return {
    unexplained: unexplainedOfEpochs(epochs) + unexplainedOfMeters(meters),
    epochs: epochs.filter(({ applied, counted }) => applied !== counted),
    meters: meters.filter(({ hourly, counted }) => hourly !== counted),
  };
}
