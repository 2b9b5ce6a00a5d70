import { z } from 'zod';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { retryParked } from '#libs/invoicing/run/retry-parked.ts';
import type { BillingRun } from '#libs/invoicing/store/billing-run-row.ts';
import { selectBillingRun } from '#libs/invoicing/store/select-billing-run.ts';
import { selectParked } from '#libs/invoicing/store/select-parked.ts';
import { updateRunCancelled } from '#libs/invoicing/store/update-run-cancelled.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { uuidParams } from '../fields.ts';
import {
  parkedSchema,
  presentParked,
  presentRun,
  presentRunDetail,
  runDetailSchema,
  runSchema,
} from '../present-billing-run.ts';
import { readRunDetail } from '../read-run-detail.ts';
import { tellCreated } from '../start-billing-run.ts';

/** What can be asked of and done with one billing run. */
export function billingRunActionRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/billing-runs/{id}',
      scope: 'read',
      summary: 'One billing run: its progress, what it made, and customers it could not bill',
      params: uuidParams,
      response: runDetailSchema,
      async handler({ organizationId, params: { id } }) {
        const detail = await inOrganization(pool, organizationId, (tx) => readRunDetail(tx, organizationId, id));
        if (detail === null) throw noSuchRun(id);
        return { body: presentRunDetail(detail) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/billing-runs/{id}/parked',
      scope: 'read',
      summary: 'Customers that a run could not bill, by key, each with the reason',
      params: uuidParams,
      query: z.strictObject(pageQuery),
      response: pageSchema(parkedSchema),
      async handler({ organizationId, params: { id }, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, z.string());
        const rows = await inOrganization(pool, organizationId, async (tx) => {
          await findRun(tx, organizationId, id);
          return selectParked(tx, organizationId, id, { after, limit: limit + 1 });
        });
        return { body: pageOf(rows, limit, presentParked, (row) => row.customerKey) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/billing-runs/{id}/retry-parked',
      scope: 'write',
      summary: 'Bill the customers that a run parked, once what kept them from it is mended: a new run',
      params: uuidParams,
      response: runSchema,
      status: 202,
      async handler({ organizationId, keyId, params: { id } }) {
        const run = await inOrganization(pool, organizationId, async (tx) => {
          const parkedBy = await findRun(tx, organizationId, id);
          const retry = await retryParked(tx, parkedBy, { id: newId(dependencies), requestedBy: `key:${keyId}` });
          if (retry === null) throw new ApiError('billing_run_state', `Billing run ${id} has parked nobody.`);
          await tellCreated(tx, retry);
          return retry;
        });
        return { body: presentRun(run), headers: { Location: `/v1/billing-runs/${run.id}` } };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/billing-runs/{id}/cancel',
      scope: 'write',
      summary: 'End a run between two of its steps; what it finalized stays',
      params: uuidParams,
      response: runSchema,
      async handler({ organizationId, keyId, params: { id } }) {
        const cancelled = await inOrganization(pool, organizationId, async (tx) => {
          await findRun(tx, organizationId, id);
          const run = await updateRunCancelled(tx, organizationId, id, `Cancelled by key:${keyId}`);
          if (run === null) throw new ApiError('billing_run_state', `Billing run ${id} has ended already.`);
          const data = presentRun(run);
          await insertOutbox(tx, { organizationId, type: 'billing_run.cancelled', subject: id, data });
          return run;
        });
        return { body: presentRun(cancelled) };
      },
    }),
  ];
}

async function findRun(tx: Transaction, organizationId: number, id: string): Promise<BillingRun> {
  const run = await selectBillingRun(tx, organizationId, id);
  if (run === null) throw noSuchRun(id);
  return run;
}

const noSuchRun = (id: string): ApiError => new ApiError('not_found', `There is no billing run ${id}.`);
