import type { Transaction } from '#libs/database/transaction.ts';

/** What a request did to one row, or that it was made. */
export interface AuditEntry {
  readonly id: string;
  readonly at: Date;
  readonly actorType: 'api_key' | 'operator';
  readonly actorId: string | null;
  readonly action: string;
  readonly resource: string | null;
  readonly subject: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly requestId: string;
  readonly address: string | null;
}

export interface AuditFilter {
  readonly actor: string | undefined;
  readonly subject: string | undefined;
  readonly action: string | undefined;
  /** Not before `from`, before `to`. */
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

/** Newest first, behind `beforeId` (null: from the newest). */
export async function listAuditEntries(
  tx: Transaction,
  organizationId: number,
  filter: AuditFilter,
  beforeId: string | null,
  limit: number,
): Promise<AuditEntry[]> {
  const { rows } = await tx.query<AuditEntry>(
    `SELECT id, at, actor_type AS "actorType", actor_id AS "actorId", action, resource, subject, before, after,
            request_id AS "requestId", address
       FROM audit_log
      WHERE organization_id = $1 AND ($2::bigint IS NULL OR id < $2)
        AND ($3::text IS NULL OR coalesce(actor_id::text, actor_type) = $3) AND ($4::text IS NULL OR subject = $4)
        AND ($5::text IS NULL OR action = $5) AND ($6::timestamptz IS NULL OR at >= $6) AND ($7::timestamptz IS NULL OR at < $7)
      ORDER BY id DESC LIMIT $8`,
    [
      organizationId,
      beforeId,
      filter.actor ?? null,
      filter.subject ?? null,
      filter.action ?? null,
      filter.from ?? null,
      filter.to ?? null,
      limit,
    ],
  );
  return rows;
}
