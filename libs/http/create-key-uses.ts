import type { Pool } from '#libs/database/pool.ts';
import { type KeyUse, noteKeyUse } from './store/note-key-use.ts';

/**
 * Gathers which keys were used, for one statement a minute: no request waits for it. What could not be written is written next time;
 * a process that is killed forgets the last minute, so `last_used_at` may lie behind and is never ahead.
 */
export function createKeyUses(pool: Pick<Pool, 'query'>): {
  note(organizationId: number, keyId: string, at: number): void;
  write(): Promise<void>;
} {
  let noted = new Map<string, KeyUse>();
  const note = (organizationId: number, keyId: string, at: number): void => {
    const known = noted.get(keyId);
    if (!known || known.at < at) noted.set(keyId, { organizationId, keyId, at });
  };
  return {
    note,
    async write() {
      const writing = noted;
      noted = new Map();
      try {
        await noteKeyUse(pool, [...writing.values()]);
      } catch (error) {
        for (const { organizationId, keyId, at } of writing.values()) note(organizationId, keyId, at);
        throw error;
      }
    },
  };
}
