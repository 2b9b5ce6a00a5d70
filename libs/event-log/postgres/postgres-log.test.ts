import { describe } from '@jest/globals';
import { createPool, type Pool } from '#libs/database/pool.ts';
import { startPostgres } from '#scripts/services/postgres.ts';
import { makeTemplate } from '#scripts/services/start.ts';
import { createTestDatabase } from '#tests/support/database.ts';
import { eventLogContract } from '../event-log.contract.ts';
import type { EventLog } from '../event-log.ts';
import type { LogServer } from '../place.contract.ts';
import { createPostgresLog } from './postgres-log.ts';

async function startServer(): Promise<LogServer> {
  const postgres = await startPostgres();
  await makeTemplate(postgres.url);
  return {
    freeze: () => postgres.freeze(),
    resume: () => postgres.resume(),
    restart: () => postgres.restart(),
    stop: () => postgres.stop(),
    async place() {
      const database = await createTestDatabase(postgres.url);
      const opened: EventLog[] = [];
      const pools: Pool[] = [];
      return {
        target: { kind: 'postgres', url: database.url },
        async open(options = {}) {
          const pool = createPool({
            connectionString: database.url,
            role: 'tollbook_worker',
            applicationName: 'contract',
          });
          pools.push(pool);
          const log = await createPostgresLog({ pool, ...options });
          opened.push(log);
          return log;
        },
        async removeBefore(partition, offset) {
          await database
            .pool('owner')
            .query('DELETE FROM log_records WHERE partition = $1 AND "offset" < $2', [partition, String(offset)]);
        },
        async close() {
          await Promise.all(opened.map((log) => log.close()));
          await Promise.all(pools.map((pool) => pool.end()));
          await database.drop();
        },
      };
    },
  };
}

describe('the event log in Postgres', () => eventLogContract(startServer));
