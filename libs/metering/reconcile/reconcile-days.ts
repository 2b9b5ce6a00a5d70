import type { RecordOutcome } from '../store/record-progress.ts';
import type { DayOutcome } from '../store/select-day-outcomes.ts';
import type { StoredKind, StoredRows } from '../store/select-stored-rows.ts';
import { unexplained } from './unexplained.ts';

/** What became of the records of one day of arrival, or of several. */
export interface Reconciled {
  /** Taken from the log; the sum of the next six. */
  readonly records: number;
  readonly counted: number;
  readonly unassigned: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly dead_letters: number;
  readonly corrections: number;
  /** Events that a void took back, by the day from which on it counts. */
  readonly voided: number;
  /** Records counted and rows stored that do not match. */
  readonly unexplained: number;
}

export interface ReconciledDay extends Reconciled {
  readonly day: string;
  /** Raw events of the day as they were first sent; null once retention has dropped them. */
  readonly stored_events: number | null;
}

/**
 * Holds what was counted while batches were applied against what is stored, day by day. Pure. `keptFrom`: the first day of which raw events
 * are kept (YYYY-MM-DD), null when there is none.
 */
export function reconcileDays(
  outcomes: readonly DayOutcome[],
  stored: readonly StoredRows[],
  keptFrom: string | null,
): ReconciledDay[] {
  const days = [...new Set([...outcomes, ...stored].map(({ day }) => day))].sort();
  const outcomesOf = Map.groupBy(outcomes, ({ day }) => day);
  const storedOf = Map.groupBy(stored, ({ day }) => day);
  return days.map((day) => {
    const count = (outcome: RecordOutcome) =>
      sum(outcomesOf.get(day), (row) => (row.outcome === outcome ? row.records : 0));
    const rows = (kind: StoredKind) => sum(storedOf.get(day), (row) => (row.kind === kind ? row.stored : 0));
    return reconcileDay(day, count, rows, keptFrom === null || day < keptFrom);
  });
}

const sum = <Row>(rows: readonly Row[] | undefined, of: (row: Row) => number): number =>
  (rows ?? []).reduce((total, row) => total + of(row), 0);

function reconcileDay(
  day: string,
  count: (outcome: RecordOutcome) => number,
  rows: (kind: StoredKind) => number,
  isRawDropped: boolean,
): ReconciledDay {
  const outcomes = {
    counted: count('counted'),
    unassigned: count('unassigned'),
    duplicates: count('duplicate'),
    conflicts: count('conflict'),
    dead_letters: count('dead_letter'),
    corrections: count('correction'),
  };
  // Duplicates leave nothing behind that could be counted again.
  const pairs: [number, number][] = [
    [outcomes.conflicts, rows('conflicts')],
    [outcomes.dead_letters, rows('dead_letters')],
    [outcomes.corrections, rows('corrections')],
  ];
  if (!isRawDropped)
    pairs.push(
      [outcomes.counted + outcomes.unassigned, rows('events')],
      [rows('voids') + rows('amendments'), rows('taken_back')],
      [rows('amendments'), rows('amended')],
    );
  return {
    day,
    records: Object.values(outcomes).reduce((total, value) => total + value, 0),
    ...outcomes,
    voided: rows('voids'),
    stored_events: isRawDropped ? null : rows('events'),
    unexplained: Number(unexplained(pairs.map(([a, b]) => [BigInt(a), BigInt(b)]))),
  };
}

/** Several days as one. */
export function totalOf(days: readonly ReconciledDay[]): Reconciled {
  const total = (name: keyof Reconciled) => days.reduce((all, day) => all + day[name], 0);
  return {
    records: total('records'),
    counted: total('counted'),
    unassigned: total('unassigned'),
    duplicates: total('duplicates'),
    conflicts: total('conflicts'),
    dead_letters: total('dead_letters'),
    corrections: total('corrections'),
    voided: total('voided'),
    unexplained: total('unexplained'),
  };
}
