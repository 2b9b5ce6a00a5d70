import { z } from 'zod';

/** Ids of resources in answers and cursors. */
export const idSchema = z.uuid();

export const timeSchema = z.iso.datetime().describe('RFC 3339, UTC');

export const uuidParams = z.object({ id: z.uuid() });

/** Only what was named; `undefined` never overwrites. */
export function named<T extends object>(changes: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as never;
}
