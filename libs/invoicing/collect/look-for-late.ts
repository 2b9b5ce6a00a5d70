import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { CannotBill, type CannotBillCode } from '../cannot-bill.ts';
import type { InvoiceDraft } from '../documents/assemble.ts';
import { draftChunk } from '../run/finalize-chunk.ts';
import { collectLate, type LateChunkRequest } from './collect-late.ts';

/** What a look for late usage of one customer would make of it; nothing is stored. @throws CannotBill */
export function lookForLate(
  pool: Pool,
  request: Omit<LateChunkRequest, 'customerId' | 'after' | 'limit'> & { readonly customerId: string },
): Promise<readonly InvoiceDraft[]> {
  return inOrganization(
    pool,
    request.organizationId,
    async (tx) => {
      const { drafts, parked } = draftChunk(await collectLate(tx, { ...request, after: null, limit: 1 }));
      const [reason] = parked;
      if (reason !== undefined) throw new CannotBill(reason.code as CannotBillCode, reason.detail);
      return drafts;
    },
    'REPEATABLE READ READ ONLY',
  );
}
