import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { SubscribedPlan } from './subscribed.ts';
import { versionSchema, whenSchema } from './subscription-schema.ts';

export const planMigrationSchema = z.strictObject({
  to_version: versionSchema.describe('Active version that they are to be on'),
  from_version: versionSchema.optional().describe('Only subscriptions on this version; all others if left out'),
  when: whenSchema.describe('As in a change of one subscription, for each in its own zone and period'),
  dry_run: z.boolean().default(false).describe('Moves nothing and tells what would be moved'),
});

/** A migration as it is stored. */
export interface PlanMigration {
  readonly id: string;
  readonly planKey: string;
  readonly fromVersion: number | null;
  readonly toVersion: number;
  readonly starts: string;
  readonly state: 'running' | 'completed';
  /** The last subscription that was looked at. */
  readonly cursor: string | null;
  readonly total: number;
  readonly lookedAt: number;
  readonly moved: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** Keys of the charges that another version has more, less or otherwise. */
export interface ChargeDifference {
  readonly added: string[];
  readonly removed: string[];
  readonly changed: string[];
}

export function differenceOf(from: SubscribedPlan, to: SubscribedPlan): ChargeDifference {
  const [before, after] = [from, to].map(({ charges }) => new Map(charges.map(({ key, terms }) => [key, terms]))) as [
    Map<string, unknown>,
    Map<string, unknown>,
  ];
  return {
    added: [...after.keys()].filter((key) => !before.has(key)),
    removed: [...before.keys()].filter((key) => !after.has(key)),
    changed: [...after.keys()].filter((key) => before.has(key) && !isDeepStrictEqual(before.get(key), after.get(key))),
  };
}
