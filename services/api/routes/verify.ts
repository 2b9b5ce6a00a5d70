import { z } from 'zod';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { selectInvoice } from '#libs/invoicing/store/select-invoice.ts';
import { verifyOne } from '#libs/invoicing/verify/verify-one.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { uuidParams } from '../fields.ts';

const KINDS = [
  { kind: 'invoice', path: '/v1/invoices/{id}/verify', name: 'invoice' },
  { kind: 'credit_note', path: '/v1/credit-notes/{id}/verify', name: 'credit note' },
] as const;

const answerSchema = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});

/** Whether one document is what was finalized, as far as it and its neighbours can tell. */
export const verifyRoutes = ({ pool }: Pick<ApiDependencies, 'pool'>): Route[] =>
  KINDS.map(({ kind, path, name }) =>
    defineRoute({
      method: 'GET',
      path,
      scope: 'read',
      summary: `Check that the ${name} was not touched: hash, signature, rows and page`,
      params: uuidParams,
      response: answerSchema,
      async handler({ organizationId, params: { id } }) {
        const found = await inOrganization(pool, organizationId, (tx) => selectInvoice(tx, organizationId, id));
        const checks = found?.kind === kind ? await verifyOne(pool, organizationId, id) : null;
        if (checks === null) throw new ApiError('not_found', `There is no ${name} ${id}.`);
        return { body: { ok: checks.every(({ ok }) => ok), checks } };
      },
    }),
  );
