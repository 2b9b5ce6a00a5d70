import { openApiOf } from '#libs/http/open-api.ts';
import { allCompatRoutes, nativeRoutes } from './all-routes.ts';

/** What docs/ must hold, by file name. */
export function openApiDocuments(): Record<string, string> {
  const text = (document: unknown) => `${JSON.stringify(document, null, 2)}\n`;
  const version = '0.1.0';
  return {
    'openapi.json': text(openApiOf(nativeRoutes(), { title: 'Tollbook', version })),
    'openapi-compat.json': text(
      openApiOf(allCompatRoutes(), { title: 'Tollbook in the words of other metering APIs', version }),
    ),
  };
}
