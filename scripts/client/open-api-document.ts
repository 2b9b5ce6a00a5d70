import { describeRoutes } from '#libs/http/open-api.ts';
import { nativeRoutes } from '../docs/all-routes.ts';
import type { Document } from './client-types.ts';

/** What GET /openapi.json answers, with each schema written where it is used, so that types are named after what they are. */
export const openApiDocument = (): Document =>
  describeRoutes(nativeRoutes(), { title: 'Tollbook', version: '0.1.0' }) as unknown as Document;
