import { z } from 'zod';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { listTokenKeys } from '#libs/http/store/list-token-keys.ts';
import { issueToken } from '#libs/http/tokens/issue-token.ts';
import { MAX_TOKEN_SECONDS } from '#libs/http/tokens/terms.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { timeSchema } from '../fields.ts';

const tokenSchema = z.strictObject({
  expires_in_seconds: z.int().min(1).max(MAX_TOKEN_SECONDS).default(900),
});

const jwkSchema = z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.literal('sig') });

export function customerTokenRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/customers/{key}/tokens',
      idempotency: 'refused',
      scope: 'write',
      summary: 'Make a token by which the customer reads their own invoices, usage, balances and subscriptions',
      body: tokenSchema,
      response: z.object({
        token: z.string().describe('A JWT, sent as "Authorization: Bearer <token>"; stored nowhere'),
        expires_at: timeSchema,
      }),
      status: 201,
      async handler({ organizationId, params: { key }, body: { expires_in_seconds: seconds } }) {
        const customer = await inOrganization(pool, organizationId, (tx) =>
          selectCustomerByKey(tx, organizationId, key),
        );
        if (!customer) throw new ApiError('not_found', `There is no customer "${key}".`);
        const { token, expiresAt } = await issueToken(pool, {
          organizationId,
          customer: { id: customer.id, key: customer.key },
          seconds,
          now: now(),
          id: newId(dependencies),
        });
        return { body: { token, expires_at: expiresAt.toISOString() } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/.well-known/jwks.json',
      scope: 'public',
      summary: 'Public keys by which customer tokens can be checked elsewhere',
      response: z.object({ keys: z.array(jwkSchema) }),
      async handler() {
        const keys = await listTokenKeys(pool, new Date(now()));
        return { body: { keys: keys as z.infer<typeof jwkSchema>[] } };
      },
    }),
  ];
}
