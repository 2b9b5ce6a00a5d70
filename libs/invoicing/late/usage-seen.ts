import { hash } from 'node:crypto';
import type { RatedLine } from '../settle/settle-lines.ts';

/** What of a unit's usage was seen when it was billed or corrected last, over all groups. Equal usage, equal figures. */
export interface UsageSeen {
  /** Sum of the digests of its groups, and of the hashes of levels that earlier events left, mod 2^256, decimal. */
  readonly digest: string;
  readonly events: string;
}

interface GroupSeen {
  readonly digest: string;
  readonly eventCount: string;
  readonly carriedIn: string;
}

const MODULUS = 1n << 256n;

/** Sums up what was read. A meter summed over time is late, too, when an event of an earlier period is: the level counts. */
export function usageSeen(groups: readonly GroupSeen[]): UsageSeen {
  let [digest, events] = [0n, 0n];
  for (const group of groups) {
    digest += BigInt(group.digest);
    if (group.carriedIn !== '0') digest += BigInt(`0x${hash('sha256', group.carriedIn, 'hex')}`);
    events += BigInt(group.eventCount);
  }
  return { digest: String(digest % MODULUS), events: String(events) };
}

/** The same from the lines of a unit; null where nothing was metered. */
export function usageSeenOnLines(lines: readonly Pick<RatedLine, 'evidence'>[]): UsageSeen | null {
  const evidence = lines.flatMap((line) => line.evidence ?? []);
  if (evidence.length === 0) return null;
  return usageSeen(
    evidence.map(({ digest, event_count, carried_in = '0' }) => ({
      digest,
      eventCount: event_count,
      carriedIn: carried_in,
    })),
  );
}
