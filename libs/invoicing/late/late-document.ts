import type { CountedPart } from '../documents/document.ts';
import type { DueUnit, MeteredUsage, UnitKey } from '../due/due-unit.ts';
import type { BilledSoFar } from './differences.ts';
import type { UsageSeen } from './usage-seen.ts';

/** What a unit was when it was billed or corrected last. */
export interface UnitState {
  /** Null for a commitment, unless it is marked to be looked at again. */
  readonly seen: UsageSeen | null;
  /** On all its lines, before discounts of the document. */
  readonly amount: string;
}

/** A unit that stands on a document, with the terms by which it is billed and its usage as it is now; none of a fee. */
export interface LateUnit {
  readonly unit: DueUnit;
  readonly was: UnitState;
  readonly usage: readonly MeteredUsage[];
}

/** The minimum of a plan that stands on a document. */
export interface LateCommitment {
  readonly unit: DueUnit;
  readonly was: UnitState;
  /** What billed units say was charged in its period, before any correction made now. */
  readonly charged: readonly CountedPart[];
}

/** A live invoice whose period has newer usage, or a commitment that newer usage of another one counts towards. */
export interface LateDocument {
  readonly billed: BilledSoFar;
  /** All its metered units, whether they are late or not; its fees where they are to be priced anew. */
  readonly units: readonly LateUnit[];
  readonly commitments: readonly LateCommitment[];
}

/** A unit is to be noted as seen anew, unless somebody else did so meanwhile. */
export interface SettledUnit extends UnitKey {
  readonly invoiceId: string;
  readonly was: UnitState;
  readonly now: UnitState;
}
