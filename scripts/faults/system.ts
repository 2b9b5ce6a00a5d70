import type { FaultKind } from './fault.ts';

/** A running Tollbook whose parts can be broken. */
export interface FaultySystem {
  readonly mode: 'distributed' | 'embedded';
  readonly ingestUrls: readonly string[];
  readonly apiUrl: string;
  readonly operatorKey: string;
  /** Owner's, past all that is broken by purpose. */
  databaseUrl(): Promise<string>;
  readonly faults: readonly FaultKind[];
  /** Next offset of each partition. */
  logEnds(): Promise<Map<number, bigint>>;
  /** Processes that ended though nobody ended them, with what they said last. */
  readonly leftByThemselves: readonly string[];
  stop(): Promise<void>;
}
