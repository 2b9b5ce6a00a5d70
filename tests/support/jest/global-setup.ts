import { type Services, startServices } from '#scripts/services/start.ts';

declare global {
  // Kept for global-teardown.ts, which jest runs in the same process.
  var tollbookTestServices: Services | undefined;
}

/** Once per jest run: real Postgres, Kafka and Redis. The workers find them through TEST_* in the environment. */
export default async function globalSetup(): Promise<void> {
  globalThis.tollbookTestServices = await startServices();
}
