import { createMemoryCache } from '#libs/cache/memory/memory-cache.ts';
import { healthRoutes } from '#libs/http/health.ts';
import { metricsRoute } from '#libs/http/metrics-route.ts';
import type { Route } from '#libs/http/route.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { apiRoutes } from '#services/api/api-routes.ts';
import { compatRoutes } from '#services/api/compat/compat-routes.ts';
import { compatUsageRoutes } from '#services/ingest/compat/compat-usage-routes.ts';
import { correctionRoutes } from '#services/ingest/corrections-route.ts';
import { eventsRoute } from '#services/ingest/events-route.ts';

/* Every route of every service, to be described, not to be called. */

const none = undefined as never;

export function nativeRoutes(): Route[] {
  const { ingest, api, metrics } = parts();
  return [
    ...apiRoutes(api),
    eventsRoute(ingest),
    ...correctionRoutes({ pool: none, log: none, rulesOf: none, now: Date.now }),
    ...healthRoutes([]),
    metricsRoute(metrics.registry),
  ];
}

export function allCompatRoutes(): Route[] {
  const { ingest, api } = parts();
  return [...compatRoutes({ ...api, dailyTopic: null }), ...compatUsageRoutes(ingest)];
}

function parts() {
  const metrics = createMetrics({ service: 'docs' });
  const cache = createMemoryCache();
  return {
    metrics,
    api: { pool: none, cache, log: none },
    ingest: { log: none, cache, metrics, rulesOf: none, now: Date.now, limits: { events: 0, bytes: 0 } },
  };
}
