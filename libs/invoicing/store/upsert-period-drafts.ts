import type { Transaction } from '#libs/database/transaction.ts';
import type { DocumentBody, DraftKey } from '../documents/assemble.ts';
import type { UnitKey } from '../due/due-unit.ts';

/** A draft of a period as it was made just now. */
export interface MadeDraft {
  /** Of the row, should there be none yet. */
  readonly id: string;
  readonly customerId: string;
  readonly key: DraftKey;
  readonly finalizeAt: Date;
  readonly body: DocumentBody;
  /** Of the stored draft whose entries by hand are in it; null: there was none. */
  readonly version: number | null;
  /** The first that it bills. */
  readonly unit?: UnitKey;
}

/** Stores drafts as they were made; one that was changed by hand meanwhile stays as it is, to be made again. Answers how many were stored. */
export async function upsertPeriodDrafts(
  tx: Transaction,
  organizationId: number,
  drafts: readonly MadeDraft[],
): Promise<number> {
  if (drafts.length === 0) return 0;
  const { rowCount } = await tx.query(
    `INSERT INTO invoice_drafts AS d (organization_id, id, customer_id, kind, currency, due_on, time_zone, finalize_at, body)
     SELECT $1, m.id, m.customer_id, 'period', m.currency, m.due_on, m.time_zone, m.finalize_at, m.body
       FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::text[], $7::timestamptz[], $8::jsonb[])
            AS m (id, customer_id, currency, due_on, time_zone, finalize_at, body)
      ORDER BY m.customer_id, m.due_on, m.currency, m.time_zone
     ON CONFLICT (organization_id, customer_id, due_on, currency, time_zone) WHERE kind = 'period'
     DO UPDATE SET body = excluded.body, finalize_at = excluded.finalize_at, refreshed_at = now()
      WHERE d.version = (SELECT u.version FROM unnest($3::uuid[], $4::text[], $5::date[], $6::text[], $9::integer[])
                                AS u (customer_id, currency, due_on, time_zone, version)
                          WHERE (u.customer_id, u.currency, u.due_on, u.time_zone) = (d.customer_id, d.currency, d.due_on, d.time_zone))`,
    [
      organizationId,
      drafts.map(({ id }) => id),
      drafts.map(({ customerId }) => customerId),
      drafts.map(({ key }) => key.currency),
      drafts.map(({ key }) => key.dueOn),
      drafts.map(({ key }) => key.timeZone),
      drafts.map(({ finalizeAt }) => finalizeAt),
      drafts.map(({ body }) => JSON.stringify(body)),
      drafts.map(({ version }) => version),
    ],
  );
  return rowCount ?? 0;
}
