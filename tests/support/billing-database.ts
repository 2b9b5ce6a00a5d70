import { afterAll } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { billingFixture } from './billing.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface BillingDatabase {
  readonly database: TestDatabase;
  readonly owner: Pool;
  readonly worker: Pool;
  readonly api: Pool;
  readonly fixture: ReturnType<typeof billingFixture>;
}

/** A database for the tests of one file, which is dropped behind them. To be awaited at the top of the file. */
export async function billingDatabase(): Promise<BillingDatabase> {
  const database = await createTestDatabase();
  afterAll(() => database.drop());
  const owner = database.pool('owner');
  const [worker, api] = [database.pool('tollbook_worker'), database.pool('tollbook_api')];
  return { database, owner, worker, api, fixture: billingFixture(owner) };
}
