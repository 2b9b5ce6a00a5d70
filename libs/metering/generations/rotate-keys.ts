import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { dropEventKeyGeneration } from '../store/drop-event-key-generation.ts';
import { lockCatalogExclusive } from '../store/lock-catalog-exclusive.ts';
import { openEventKeyGeneration } from '../store/open-event-key-generation.ts';
import { selectGenerations } from '../store/select-generations.ts';
import { takeHousekeeping } from '../store/take-housekeeping.ts';
import { type GenerationRules, planGenerations } from './plan-generations.ts';

export interface Rotated {
  /** The new current generation; null when the old one stays. */
  readonly opened: number | null;
  readonly dropped: readonly number[];
}

/**
 * Opens and drops generations of keys as they are due. What is due is looked at twice: first without holding up anybody, and again under
 * the exclusive catalogue lock, where no batch is on its way that still believes in the old generations. One process at a time; null:
 * another one is at it. @throws SQLSTATE 55P03 when the lock is not had within 2 s: try again later.
 */
export async function rotateKeys(pool: Pool, rules: GenerationRules): Promise<Rotated | null> {
  return inTransaction(pool, async (tx) => {
    if (!(await takeHousekeeping(tx))) return null;
    const look = planGenerations(await selectGenerations(tx), rules);
    if (!look.open && look.drop.length === 0) return { opened: null, dropped: [] };
    await lockCatalogExclusive(tx);
    const plan = planGenerations(await selectGenerations(tx), rules);
    for (const generation of plan.drop) await dropEventKeyGeneration(tx, generation);
    return { opened: plan.open ? await openEventKeyGeneration(tx) : null, dropped: plan.drop };
  });
}
