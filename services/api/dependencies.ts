import type { Cache } from '#libs/cache/cache.ts';
import type { Pool } from '#libs/database/pool.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';

/** What the routes need. */
export interface ApiDependencies {
  /** Of the role tollbook_api: row-level security stands behind every query. */
  readonly pool: Pool;
  readonly cache: Cache;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** That many random bytes. */
  readonly random: (size: number) => Buffer;
}

export const newId = ({ now, random }: Pick<ApiDependencies, 'now' | 'random'>): string => uuidv7(now(), random);
