import type { Transaction } from '#libs/database/transaction.ts';

/** Something that happened to an organization's data, for whoever follows GET /v1/changes. */
export interface OutboxEntry {
  readonly organizationId: number;
  /** What happened: '<resource>.<past tense>', e.g. 'invoice.finalized'. Part of the API: never renamed. */
  readonly type: string;
  /** Id of the resource it happened to. */
  readonly subject: string;
  /** JSON as the API shows the resource, or the part that changed. No secrets. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Writes entries in the transaction that changes the state, so that neither can exist without the other. */
export async function insertOutbox(tx: Transaction, ...entries: readonly OutboxEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(
    `INSERT INTO outbox (organization_id, type, subject, data)
     SELECT e.organization_id, e.type, e.subject, e.data
       FROM unnest($1::integer[], $2::text[], $3::text[], $4::jsonb[]) WITH ORDINALITY AS e (organization_id, type, subject, data, position)
      ORDER BY e.position`,
    [
      entries.map((entry) => entry.organizationId),
      entries.map((entry) => entry.type),
      entries.map((entry) => entry.subject),
      entries.map((entry) => JSON.stringify(entry.data)),
    ],
  );
}
