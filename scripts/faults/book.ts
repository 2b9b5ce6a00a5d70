import type { SentEvent } from './event.ts';
import { type Entry, identityOf } from './ledger.ts';
import type { Random } from './random.ts';

/** What all senders of a run share. */
export interface Book {
  readonly entries: Map<string, Entry>;
  /** Entries of whose last attempt nobody knows; senders take from the front. */
  readonly unknown: Entry[];
  /** Answers that must not be: a valid event refused, an invalid one taken. */
  readonly surprises: string[];
  readonly answers: Record<string, number>;
  /** Records that contradict an earlier one, by organization. */
  readonly conflicts: Record<number, number>;
  /**
   * Partitions were, or are about to be, added: from then on an identity may meet two partitions, and which payload was the first is
   * decided by who commits first.
   */
  moved: boolean;
  add(organization: number, event: SentEvent): Entry;
  setTaken(entry: Entry): void;
  /** A recently taken entry. */
  recent(organization: number, random: Random): Entry | undefined;
  taken(): number;
}

const REMEMBERED = 4_000;

export function createBook(): Book {
  const entries = new Map<string, Entry>();
  const recent = new Map<number, Entry[]>();
  let taken = 0;
  let turn = 0;
  return {
    entries,
    unknown: [],
    surprises: [],
    answers: {},
    conflicts: {},
    moved: false,
    taken: () => taken,
    add(organization, event) {
      const entry: Entry = {
        organization,
        candidates: [event],
        taken: false,
        firstSentAt: Date.now(),
        takenAt: 0,
        busy: true,
        firstAttempt: true,
        contradicted: false,
        corrections: [],
      };
      entries.set(identityOf(organization, event), entry);
      return entry;
    },
    setTaken(entry) {
      if (entry.taken) return;
      entry.taken = true;
      entry.takenAt = Date.now();
      taken += 1;
      const list = recent.get(entry.organization) ?? [];
      recent.set(entry.organization, list);
      if (list.length < REMEMBERED) list.push(entry);
      else list[turn++ % REMEMBERED] = entry;
    },
    recent(organization, random) {
      const list = recent.get(organization);
      return list?.length ? random.pick(list) : undefined;
    },
  };
}
