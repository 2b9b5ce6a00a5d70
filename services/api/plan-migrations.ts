import { setTimeout as pause } from 'node:timers/promises';
import { selectOpenPlanMigrations } from '#libs/catalog/store/select-open-plan-migrations.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { apiDependencies, type GivenDependencies } from './dependencies.ts';
import { migrateNext } from './migrate-subscriptions.ts';

const LOOK_EVERY_MS = 1_000;

/** Carries on the migrations that are open, step by step, until stopped. Several processes share the work by locks in the database. */
export function startPlanMigrations(given: GivenDependencies, logger: Logger): { stop(): Promise<void> } {
  const dependencies = apiDependencies(given);
  const stopped = new AbortController();
  const carryOn = async ({ organizationId, id }: { readonly organizationId: number; readonly id: string }) => {
    while (!stopped.signal.aborted && (await migrateNext(dependencies, organizationId, id)));
  };
  const run = async () => {
    while (!stopped.signal.aborted) {
      try {
        // One that cannot go on does not keep the others waiting.
        for (const migration of await inTransaction(dependencies.pool, selectOpenPlanMigrations))
          await carryOn(migration).catch((error) =>
            logger.warn(
              { err: error, migration: migration.id },
              'a migration of subscriptions stopped and is tried again',
            ),
          );
      } catch (error) {
        logger.warn({ err: error }, 'cannot look for migrations of subscriptions');
      }
      await pause(LOOK_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}
