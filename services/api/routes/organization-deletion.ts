import { z } from 'zod';
import { beginDeleting } from '#libs/catalog/store/begin-deleting.ts';
import { deleteTestOrganization } from '#libs/catalog/store/delete-test-organization.ts';
import { selectOrganizationMode } from '#libs/catalog/store/select-organization-mode.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { ApiDependencies } from '../dependencies.ts';

const organizationParams = z.object({
  id: z
    .string()
    .regex(/^[1-9]\d{0,9}$/)
    .transform(Number)
    .pipe(z.int32()),
});

export function organizationDeletionRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'DELETE',
      path: '/v1/organizations/{id}',
      scope: 'operator',
      summary: 'Delete a test organization with all it holds, for good',
      params: organizationParams,
      response: z.undefined(),
      status: 204,
      async handler({ params: { id } }) {
        await deleteWhole(pool, id);
        return {};
      },
    }),
  ];
}

/**
 * In two transactions: a short one that no batch of events overlaps, after which nothing of it is counted any more and its keys are gone, and
 * one that deletes all rows. If the process dies in between, the same request carries on: the organization is there until the second commits.
 */
async function deleteWhole(pool: Pool, id: number): Promise<void> {
  const mode = await inOrganization(pool, id, (tx) => selectOrganizationMode(tx, id));
  if (mode === null) throw new ApiError('not_found', `There is no organization ${id}.`);
  if (mode === 'live')
    throw new ApiError(
      'organization_live',
      `Organization ${id} is live, and its books are kept: only test organizations can be deleted.`,
    );
  await changeCatalog(pool, id, (tx) => beginDeleting(tx, id));
  try {
    await inOrganization(pool, id, (tx) => deleteTestOrganization(tx, id));
  } catch (error) {
    // Somebody committed what belongs to a row that was about to go, or was deleting it as well.
    if (!MEANWHILE.has((error as { code?: string }).code ?? '')) throw error;
    throw new ApiError('changed_meanwhile', `Organization ${id} was still being written to: send the request again.`, {
      cause: error,
    });
  }
}

/** Foreign keys; nothing left to delete. */
const MEANWHILE: ReadonlySet<string> = new Set(['23503', '23001']);
