import { selectOpenPlanMigrations } from '#libs/catalog/store/select-open-plan-migrations.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { type Loop, startLoop } from '#libs/process/start-loop.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { apiDependencies, type GivenDependencies } from './dependencies.ts';
import { migrateNext } from './migrate-subscriptions.ts';

const LOOK_EVERY_MS = 1_000;

/** Carries on the migrations that are open, step by step, until stopped. Several processes share the work by locks in the database. */
export function startPlanMigrations(given: GivenDependencies, logger: Logger): Loop {
  const dependencies = apiDependencies(given);
  return startLoop({
    pauseMs: LOOK_EVERY_MS,
    async work(stopped) {
      for (const { organizationId, id } of await inTransaction(dependencies.pool, selectOpenPlanMigrations)) {
        try {
          while (!stopped.aborted && (await migrateNext(dependencies, organizationId, id)));
        } catch (error) {
          // One that cannot go on does not keep the others waiting.
          logger.warn({ err: error, migration: id }, 'a migration of subscriptions stopped and is tried again');
        }
      }
    },
    onError: (error) => logger.warn({ err: error }, 'cannot look for migrations of subscriptions'),
  });
}
