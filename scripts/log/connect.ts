import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadConfig } from '#libs/config/load-config.ts';
import type { Config } from '#libs/config/settings.ts';
import { createPool, type Pool } from '#libs/database/pool.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { createKafkaLog } from '#libs/event-log/kafka/kafka-log.ts';
import { createPostgresLog } from '#libs/event-log/postgres/postgres-log.ts';

/** The database and the log of an installation, for an operator. */
export interface Installation {
  /** Of the owner. */
  readonly pool: Pool;
  /** Connects when it is asked for: not every command needs it. */
  log(): Promise<EventLog>;
  close(): Promise<void>;
}

/**
 * Distributed where DATABASE_URL (of the owner) and KAFKA_BROKERS are set; otherwise the embedded database of TOLLBOOK_DATA_DIR, which
 * has to be running. @throws Error with one sentence.
 */
export async function connectInstallation(environment: NodeJS.ProcessEnv): Promise<Installation> {
  const config = loadConfig(environment);
  if ((config.DATABASE_URL === undefined) !== (config.KAFKA_BROKERS === undefined))
    throw new Error('Set both DATABASE_URL and KAFKA_BROKERS, or neither for the embedded mode.');
  const connectionString = config.DATABASE_URL ?? (await embeddedAddress(config.TOLLBOOK_DATA_DIR));
  const pool = createPool({ connectionString, role: 'owner', applicationName: 'tollbook-operator', max: 6 });
  let log: EventLog | undefined;
  return {
    pool,
    async log() {
      log ??= await openLog(config, pool);
      return log;
    },
    async close() {
      await log?.close();
      await pool.end();
    },
  };
}

function openLog(config: Config, pool: Pool): Promise<EventLog> {
  if (config.KAFKA_BROKERS === undefined) return createPostgresLog({ pool });
  return createKafkaLog({
    brokers: config.KAFKA_BROKERS.split(','),
    topic: config.TOLLBOOK_TOPIC,
    clientId: 'tollbook-operator',
    // Of its own: it must not take partitions from the aggregators.
    groupId: `tollbook-operator-${randomUUID()}`,
  });
}

async function embeddedAddress(dataDir: string): Promise<string> {
  const folder = path.resolve(dataDir, 'postgres');
  try {
    const password = await readFile(path.join(folder, 'tollbook.password'), 'utf8');
    const port = (await readFile(path.join(folder, 'postmaster.pid'), 'utf8')).split('\n')[3];
    return `postgres://tollbook:${password}@127.0.0.1:${port}/tollbook`;
  } catch (cause) {
    throw new Error(
      `No embedded database is running in ${folder}: start it with "npm start", name its folder in TOLLBOOK_DATA_DIR, or set DATABASE_URL and KAFKA_BROKERS.`,
      { cause },
    );
  }
}
