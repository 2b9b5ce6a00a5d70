import type { Cache } from '#libs/cache/cache.ts';
import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { createRedisCache } from '#libs/cache/redis/redis-cache.ts';
import type { Config } from '#libs/config/settings.ts';
import { checkSchema } from '#libs/database/migrate.ts';
import { createPool, type DatabaseRole, type Pool } from '#libs/database/pool.ts';
import type { Logger } from '#libs/telemetry/logger.ts';

/** Connects to Postgres under a role and checks the schema. @throws Error with one sentence: unreachable, refused, older schema. */
export async function connectDatabase(
  connectionString: string,
  options: { readonly role: DatabaseRole; readonly service: string; readonly logger: Logger; readonly max?: number },
): Promise<Pool> {
  const pool = createPool({
    connectionString,
    role: options.role,
    applicationName: `tollbook-${options.service}`,
    ...(options.max !== undefined && { max: options.max }),
    onIdleError: (error) => options.logger.warn({ reason: error.message }, 'an idle database connection broke'),
  });
  try {
    await checkRole(pool, options.role);
    await checkSchema(pool);
    return pool;
  } catch (error) {
    await pool.end();
    throw describeDatabaseError(error as Error & { code?: string }, connectionString);
  }
}

/** A pooler between us and Postgres may drop the start-up settings, and with them the tenant boundary. */
async function checkRole(pool: Pool, role: DatabaseRole): Promise<void> {
  const { rows } = await pool.query<{ role: string; timeout: string }>(
    "SELECT current_user AS role, current_setting('idle_in_transaction_session_timeout') AS timeout",
  );
  const [session] = rows;
  if ((role !== 'owner' && session?.role !== role) || session?.timeout === '0') {
    throw new Error(
      `The connection of DATABASE_URL does not take the role ${role} and its time limits (it is ${session?.role}): connect to Postgres directly or through a pooler in session mode that passes "options" on.`,
    );
  }
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN']);

function describeDatabaseError(
  error: Error & { code?: string; errors?: { code?: string }[] },
  connectionString: string,
): Error {
  const { hostname, port, pathname } = new URL(connectionString);
  const place = `${hostname}:${port || 5432}`;
  const code = error.code ?? error.errors?.[0]?.code ?? '';
  if (UNREACHABLE.has(code) || /timeout/i.test(error.message))
    return new Error(`Postgres does not answer at ${place} (${code || 'time-out'}): check DATABASE_URL.`, {
      cause: error,
    });
  if (code === '28P01' || code === '28000')
    return new Error(`Postgres at ${place} refuses the user or password of DATABASE_URL: ${error.message}.`, {
      cause: error,
    });
  if (code === '3D000')
    return new Error(`Postgres at ${place} has no database ${pathname.slice(1)}: create it or correct DATABASE_URL.`, {
      cause: error,
    });
  if (code === '42704' || code === '22023')
    return new Error('The database has no Tollbook roles yet: run "npm run migrate" first.', { cause: error });
  return error;
}

/** Redis where REDIS_URL is set; otherwise a cache of this process alone. */
export function connectCache(config: Pick<Config, 'REDIS_URL'>, logger: Logger): Cache {
  if (!config.REDIS_URL) {
    logger.warn('REDIS_URL is not set: labels and the live view are kept in this process only');
    return createMemoryCache();
  }
  let told = '';
  return createRedisCache({
    url: config.REDIS_URL,
    onError(error) {
      // It retries every second; the same trouble is told once.
      if (error.message === told) return;
      told = error.message;
      logger.warn({ err: error }, 'Redis is away; work goes on without it');
    },
  });
}
