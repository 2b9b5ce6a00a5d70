import pg from 'pg';
import { encode } from '../inside/records.ts';
import { type OwnCost, startOwnCost } from '../worker/own-cost.ts';
import { serveWorker } from '../worker/serve-worker.ts';
import { benchEvents, type Workload } from '../workload.ts';

/* The limit of the log of the embedded mode: the same records appended to a table 1,000 a commit, and read again 5,000 at a time. */

const PER_COMMIT = 1000;
const PER_READ = 5000;

serveWorker<{ readonly databaseUrl: string; readonly workload: Workload }, null, OwnCost>(
  async ({ databaseUrl, workload }) => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(
      'CREATE TABLE bench_log ("offset" bigint PRIMARY KEY, appended_at timestamptz NOT NULL DEFAULT clock_timestamp(), value bytea NOT NULL)',
    );
    const values = benchEvents(workload, Date.now()).map(encode);
    return {
      info: null,
      async run() {
        const cost = startOwnCost();
        for (let at = 0; at < values.length; at += PER_COMMIT)
          await client.query(
            `INSERT INTO bench_log ("offset", value) SELECT $1 + position, value FROM unnest($2::bytea[]) WITH ORDINALITY AS record (value, position)`,
            [at - 1, values.slice(at, at + PER_COMMIT)],
          );
        let read = 0;
        while (read < values.length) {
          const { rowCount } = await client.query(
            'SELECT "offset", appended_at, value FROM bench_log WHERE "offset" >= $1 ORDER BY "offset" LIMIT $2',
            [read, PER_READ],
          );
          if (!rowCount) throw new Error(`WRONG: ${read} of ${values.length} records can be read`);
          read += rowCount;
        }
        const result = cost();
        await client.end();
        return result;
      },
    };
  },
);
