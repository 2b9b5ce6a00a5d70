import { defineRoute, type Route } from './route.ts';

/** A prom-client registry, as far as it is used here. */
export interface MetricsRegistry {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** For Prometheus, with the operator key as bearer token: figures of all organizations. */
export function metricsRoute(registry: MetricsRegistry): Route {
  return defineRoute({
    method: 'GET',
    path: '/metrics',
    scope: 'operator',
    summary: 'Metrics of this process in the Prometheus text format',
    response: 'binary',
    handler: async () => ({
      body: Buffer.from(await registry.metrics()),
      headers: { 'Content-Type': registry.contentType },
    }),
  });
}
