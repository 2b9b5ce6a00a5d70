import type { Required } from '#libs/config/load-config.ts';
import { connectCache, connectDatabase } from '#libs/process/connections.ts';
import type { Running } from '#libs/process/run-process.ts';
import { serve } from '#libs/process/serve.ts';
import { startOrUndo } from '#libs/process/stop-stack.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { apiRoutes } from './api-routes.ts';

/** The API on Postgres and Redis. */
export function startApiProcess(config: Required<'DATABASE_URL'>, logger: Logger): Promise<Running> {
  return startOrUndo(async (stops) => {
    const metrics = createMetrics({ service: 'api' });
    const pool = await connectDatabase(config.DATABASE_URL, { role: 'tollbook_api', service: 'api', logger });
    stops.push(() => pool.end());
    const cache = connectCache(config, logger);
    stops.push(() => cache.close());
    const server = await serve({
      name: 'Tollbook API',
      config,
      pool,
      logger,
      metrics,
      routes: apiRoutes({ pool, cache }),
      health: [{ name: 'cache', required: false, check: () => cache.check() }],
    });
    stops.push(() => server.close());
  });
}
