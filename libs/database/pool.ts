import pg from 'pg';

/** The database role a process works under; see migrations/0001_organizations.sql. */
export type DatabaseRole = 'tollbook_api' | 'tollbook_worker' | 'owner';

export interface PoolOptions {
  readonly connectionString: string;
  readonly role: DatabaseRole;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly max?: number;
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

export type Pool = pg.Pool;

const IDLE_IN_TRANSACTION_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** On a server that hangs: longer than its own limit, so that a living one speaks first. */
const ANSWER_WITHIN_MS = 35_000;

/**
 * A pool whose connections act as `role` and give up instead of holding locks: a process frozen inside a transaction is
 * cut off after 10 s, a statement after 30 s. `numeric` and `bigint` arrive as strings, dates as 'YYYY-MM-DD'.
 */
export function createPool(options: PoolOptions): Pool {
  const settings = [
    '-c timezone=UTC',
    '-c client_min_messages=warning',
    `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`,
    `-c statement_timeout=${STATEMENT_TIMEOUT_MS}`,
  ];
  if (options.role !== 'owner') settings.push(`-c role=${options.role}`);
  const { connectionString, ownOptions } = splitOptions(options.connectionString);
  const pool = new pg.Pool({
    connectionString,
    application_name: options.applicationName,
    // Ours last: a later setting wins.
    options: [ownOptions, ...settings].join(' ').trim(),
    query_timeout: ANSWER_WITHIN_MS,
    max: options.max ?? 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 10_000,
    keepAlive: true,
    types: { getTypeParser },
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  return pool;
}

/** pg lets `options` of the address replace ours, and with them the role and the time limits. They are joined instead. */
function splitOptions(address: string): { connectionString: string; ownOptions: string } {
  const url = new URL(address);
  const ownOptions = url.searchParams.get('options') ?? '';
  url.searchParams.delete('options');
  return { connectionString: url.href, ownOptions };
}

const DATE_OID = 1082;

/** pg's own parsers, except that a date stays text: it has no time zone, so it must not become an instant. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: never) => unknown {
  if (oid === DATE_OID) return (value: never) => value;
  return pg.types.getTypeParser(oid, format as 'text') as (value: never) => unknown;
}
