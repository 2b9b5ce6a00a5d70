import type { Cache } from '#libs/cache/cache.ts';
import type { Pool } from '#libs/database/pool.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';

/** What the routes need. */
export interface ApiDependencies {
  /** Of the role tollbook_api: row-level security stands behind every query. */
  readonly pool: Pool;
  readonly cache: Cache;
  /** Corrections and replayed dead letters go through it, like events. */
  readonly log: EventLog;
  /** How long identities are kept; no organization may take events older than that. */
  readonly dedupeDays: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** That many random bytes. */
  readonly random: (size: number) => Buffer;
}

export const newId = ({ now, random }: Pick<ApiDependencies, 'now' | 'random'>): string => uuidv7(now(), random);
