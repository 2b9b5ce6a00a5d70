import type { Transaction } from '#libs/database/transaction.ts';
import { countedBy, type EventState } from '../correct.ts';
import type { MeterReading } from '../read-event.ts';
import { selectBackfilled } from '../store/select-backfilled.ts';
import { selectMeterCatalog } from '../store/select-meter-catalog.ts';

export type EventCondition = 'counted' | 'unassigned' | 'voided';

export interface EventCounting {
  /** The meters that counted an event as it stands; a void takes it back from them. */
  readingsOf(state: EventState): MeterReading[];
  conditionOf(state: EventState): EventCondition;
}

/** Who counted which event, in the snapshot of the transaction. */
export async function eventCounting(tx: Transaction): Promise<EventCounting> {
  const catalog = await selectMeterCatalog(tx);
  const isBackfilled = await selectBackfilled(tx);
  const readingsOf = (state: EventState) => countedBy(state, catalog, isBackfilled);
  return {
    readingsOf,
    conditionOf: (state) => (state.voided ? 'voided' : readingsOf(state).length > 0 ? 'counted' : 'unassigned'),
  };
}
