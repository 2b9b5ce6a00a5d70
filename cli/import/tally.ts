import type { Verdict } from './interpret-answer.ts';

/** Something that was not taken. */
export interface Refused {
  readonly line: number;
  /** Unreadable: it was never sent. */
  readonly status: 'unreadable' | 'rejected' | 'conflict';
  readonly code?: string;
  readonly detail: string;
  readonly pointer?: string;
}

/** What has become of a file's records, so far. */
export interface Tally {
  records: number;
  accepted: number;
  duplicates: number;
  conflicts: number;
  rejected: number;
  unreadable: number;
  /** Those with the smallest line numbers, of what is not told as a group. */
  readonly first: Refused[];
  /** Refusals that are the same for very many records: the sentence, how many, and an example. */
  readonly groups: Map<string, { count: number; readonly line: number }>;
}

const SHOWN = 20;
// The time bounds: with an old file they meet every record alike.
const GROUPED = new Set(['event_too_old', 'event_too_far_ahead']);

export function createTally(): Tally {
  return {
    records: 0,
    accepted: 0,
    duplicates: 0,
    conflicts: 0,
    rejected: 0,
    unreadable: 0,
    first: [],
    groups: new Map(),
  };
}

/** Counts a verdict; what was refused comes back, to be written down. */
export function count(tally: Tally, line: number, verdict: Verdict): Refused | undefined {
  if (verdict.status === 'accepted' || verdict.status === 'duplicate') {
    tally[verdict.status === 'accepted' ? 'accepted' : 'duplicates'] += 1;
    return undefined;
  }
  tally[verdict.status === 'conflict' ? 'conflicts' : 'rejected'] += 1;
  return show(tally, { line, ...verdict });
}

export function countUnreadable(tally: Tally, line: number, fault: string): Refused {
  tally.unreadable += 1;
  return show(tally, { line, status: 'unreadable', detail: fault });
}

/** Adds what another part of the file became. */
export function merge(tally: Tally, part: Tally): void {
  for (const name of ['records', 'accepted', 'duplicates', 'conflicts', 'rejected', 'unreadable'] as const)
    tally[name] += part[name];
  for (const refused of part.first) insert(tally, refused);
  for (const [detail, { count, line }] of part.groups) addToGroup(tally, detail, line, count);
}

function show(tally: Tally, refused: Refused): Refused {
  if (GROUPED.has(refused.code ?? '')) {
    addToGroup(tally, refused.detail, refused.line, 1);
    return refused;
  }
  insert(tally, refused);
  return refused;
}

function addToGroup({ groups }: Tally, detail: string, line: number, more: number): void {
  const group = groups.get(detail);
  if (group) group.count += more;
  else groups.set(detail, { count: more, line });
}

function insert(tally: Tally, refused: Refused): void {
  // Answers come in any order; the user looks from the top of the file.
  const at = tally.first.findIndex(({ line }) => line > refused.line);
  if (at >= 0) tally.first.splice(at, 0, refused);
  else tally.first.push(refused);
  tally.first.splice(SHOWN);
}

export const refusedOf = (tally: Tally): number => tally.conflicts + tally.rejected + tally.unreadable;
export const decidedOf = (tally: Tally): number => tally.accepted + tally.duplicates + refusedOf(tally);
export const sentOf = (tally: Tally): number => decidedOf(tally) - tally.unreadable;
