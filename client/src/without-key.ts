import type { OperationName } from './call.ts';

/** POSTs whose answer holds a secret: it is stored nowhere, so no Idempotency-Key is taken, and one whose answer was lost is not sent again. */
export const WITHOUT_KEY: ReadonlySet<string> = new Set<OperationName>([
  'POST /v1/api-keys',
  'POST /v1/api-keys/{id}/rotate',
  'POST /v1/customers/{key}/tokens',
  'POST /v1/organizations',
]);
