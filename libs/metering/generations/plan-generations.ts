import { MAX_AHEAD_MS } from '../ahead.ts';

/** What housekeeping looks at; one snapshot of the database. */
export interface GenerationState {
  /** Epoch milliseconds, the database's clock. */
  readonly now: number;
  /** Those that are not dropped, oldest first. The last one is the current one. */
  readonly generations: readonly {
    readonly generation: number;
    readonly openedAt: number;
    /** Null: the current one. */
    readonly sealedAt: number | null;
  }[];
  /** Estimate, from the size of the table. */
  readonly currentKeys: number;
  /** The oldest event that any organization takes, in days before its arrival. */
  readonly largestMaxAgeDays: number;
}

export interface GenerationRules {
  /** How long identities are kept from their arrival. */
  readonly dedupeDays: number;
  /** An aggregator may be as far behind as the log goes back. */
  readonly lagDays: number;
  readonly maxKeys?: number;
}

export interface GenerationPlan {
  readonly open: boolean;
  /** Generations whose every key is old enough to be forgotten. */
  readonly drop: readonly number[];
}

const DAY = 86_400_000;
const MAX_KEYS = 50_000_000;
/** Four generations span the time that keys are kept, so at most a quarter more than asked for is stored. */
const GENERATIONS = 4;

/**
 * Which generations of keys to open and drop. Pure. An event that every organization's bound lets in never lies below the floor that a drop
 * leaves behind, however late it is applied, also where an organization takes older events than identities were to be kept.
 */
export function planGenerations(state: GenerationState, rules: GenerationRules): GenerationPlan {
  const days = Math.max(rules.dedupeDays, state.largestMaxAgeDays);
  const current = state.generations.find(({ sealedAt }) => sealedAt === null);
  const isOld = current !== undefined && state.now - current.openedAt > (days * DAY) / GENERATIONS;
  const isLarge = state.currentKeys > (rules.maxKeys ?? MAX_KEYS);
  const forgotten = state.now - (days + rules.lagDays) * DAY - MAX_AHEAD_MS;
  return {
    // An empty one is not replaced: an idle installation would make generations of nothing.
    open: (isOld && state.currentKeys > 0) || isLarge,
    drop: state.generations
      .filter(({ sealedAt }) => sealedAt !== null && sealedAt < forgotten)
      .map(({ generation }) => generation),
  };
}
