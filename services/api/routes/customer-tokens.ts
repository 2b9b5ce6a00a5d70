import { z } from 'zod';
import { raiseTokenGeneration } from '#libs/catalog/store/raise-token-generation.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { findTokenGeneration } from '#libs/http/store/find-token-generation.ts';
import { listTokenKeys } from '#libs/http/store/list-token-keys.ts';
import { issueToken } from '#libs/http/tokens/issue-token.ts';
import { MAX_TOKEN_SECONDS } from '#libs/http/tokens/terms.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { timeSchema } from '../fields.ts';
import { refuseErased } from '../refuse-erased.ts';

const tokenSchema = z.strictObject({
  expires_in_seconds: z.int().min(1).max(MAX_TOKEN_SECONDS).default(900),
});

const jwkSchema = z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.literal('sig') });

const noSuchCustomer = (key: string): ApiError => new ApiError('not_found', `There is no customer "${key}".`);

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
        if (!customer) throw noSuchCustomer(key);
        refuseErased(customer);
        const { token, expiresAt } = await issueToken(pool, {
          organizationId,
          customer: { id: customer.id, key: customer.key },
          generation: (await findTokenGeneration(pool, organizationId, customer.id)) ?? 0,
          seconds,
          now: now(),
          id: newId(dependencies),
        });
        return { body: { token, expires_at: expiresAt.toISOString() } };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/customers/{key}/tokens',
      scope: 'write',
      summary: 'Revoke every token of the customer; they are refused everywhere after a second',
      response: z.undefined(),
      status: 204,
      async handler({ organizationId, params: { key } }) {
        await inOrganization(pool, organizationId, async (tx) => {
          const customer = await selectCustomerByKey(tx, organizationId, key, true);
          if (!customer) throw noSuchCustomer(key);
          const { id } = customer;
          if (await raiseTokenGeneration(tx, organizationId, key))
            await insertOutbox(tx, { organizationId, type: 'customer.tokens_revoked', subject: id, data: { id, key } });
        });
        return {};
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
