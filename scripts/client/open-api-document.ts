import { describeRoutes } from '#libs/http/open-api.ts';
import { apiRoutes } from '#services/api/api-routes.ts';
import type { GivenDependencies } from '#services/api/dependencies.ts';
import { type CorrectionsRouteDependencies, correctionRoutes } from '#services/ingest/corrections-route.ts';
import type { Document } from './client-types.ts';

/**
 * What GET /openapi.json answers, and the corrections that ingest takes. Routes touch what they are given only when they are called, and none
 * is called here.
 */
export function openApiDocument(): Document {
  const routes = [...apiRoutes({} as GivenDependencies), ...correctionRoutes({} as CorrectionsRouteDependencies)];
  return describeRoutes(routes, { title: 'Tollbook', version: '0.1.0' }) as unknown as Document;
}
