import type { Route } from '#libs/http/route.ts';
import { apiDependencies, type GivenDependencies } from '../dependencies.ts';
import { committedOpenApiRoute } from '../routes/open-api.ts';
import { referenceRoute } from '../routes/reference.ts';
import { aggregateRoutes } from './aggregate-routes.ts';
import type { CompatDependencies } from './compat-dependencies.ts';
import { customerCompatRoutes } from './customer-routes.ts';
import { tenantBillingRoutes } from './tenant-billing-routes.ts';
import { tenantRoutes } from './tenant-routes.ts';
import { tenantUsageRoutes } from './tenant-usage-routes.ts';

/** Routes of other metering APIs, but for those that take usage (services/ingest/compat). */
export function compatRoutes(given: GivenDependencies & Pick<CompatDependencies, 'dailyTopic'>): Route[] {
  const dependencies: CompatDependencies = { ...apiDependencies(given), dailyTopic: given.dailyTopic };
  return [
    ...[tenantRoutes, tenantUsageRoutes, tenantBillingRoutes, customerCompatRoutes, aggregateRoutes].flatMap(
      (routesOf) => routesOf(dependencies),
    ),
    referenceRoute('/compat/docs', 'openapi-compat.json'),
    committedOpenApiRoute(
      '/compat/openapi.json',
      'openapi-compat.json',
      'The description of these routes, OpenAPI 3.1',
    ),
  ];
}
