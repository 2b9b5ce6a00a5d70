import { type Acting, actFor } from '#libs/database/acting.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { insertAuditRequest } from './store/insert-audit-request.ts';

/**
 * Does what a request asks for, in its name: triggers write what it changes into the audit log, in the transaction of the change. A request that
 * changed no such row (a rebuilt cache, a token) is noted right after it, and fails if that fails.
 */
export function actAndAudit<T>(
  pool: Pool,
  {
    request,
    organizationId,
    subject,
  }: {
    readonly request: Omit<Acting, 'isAudited'>;
    /** Null: the operator's request, which makes an organization. */
    readonly organizationId: number | null;
    /** For a request that changes no row: its path. */
    readonly subject: string;
  },
  work: () => Promise<T>,
): Promise<T> {
  const acting: Acting = { ...request, isAudited: false };
  return actFor(acting, async () => {
    const result = await work();
    if (!acting.isAudited && organizationId !== null)
      await inOrganization(pool, organizationId, (tx) => insertAuditRequest(tx, subject));
    return result;
  });
}
