import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '#libs/database/migrate.ts';
import { schemaSnapshot } from '#libs/database/schema-snapshot.ts';
import { startPostgres } from './services/postgres.ts';

/* `node scripts/schema-snapshot.ts`: migrates an empty database and writes what came out. To be run, and reviewed, with every migration. */

const FILE = path.resolve(import.meta.dirname, '../migrations/schema.snapshot.txt');

const server = await startPostgres();
try {
  await migrate(server.url);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await writeFile(FILE, await schemaSnapshot(client));
  await client.end();
  console.log(`written to ${path.relative(process.cwd(), FILE)}`);
} finally {
  await server.stop();
}
