import type { DocumentBody, DraftKey, StoredDraft } from '../documents/assemble.ts';

/** A draft as the database has it. */
export interface DraftRow extends StoredDraft {
  readonly customerId: string;
  readonly kind: 'period' | 'one_off';
  readonly currency: string;
  readonly dueOn: string | null;
  readonly timeZone: string | null;
  /** Null: only by hand. */
  readonly finalizeAt: Date | null;
  readonly body: DocumentBody;
  readonly refreshedAt: Date;
  readonly createdAt: Date;
}

export const DRAFT_COLUMNS = `id, customer_id AS "customerId", kind, currency, due_on AS "dueOn", time_zone AS "timeZone",
  finalize_at AS "finalizeAt", payment_terms_days AS "paymentTermsDays", manual_lines AS lines, manual_discounts AS discounts, version,
  body, refreshed_at AS "refreshedAt", created_at AS "createdAt"`;

/** Which document a period's draft is. */
export const keyOfDraft = ({ currency, dueOn, timeZone }: DraftRow): DraftKey => ({
  currency,
  dueOn: dueOn as string,
  timeZone: timeZone as string,
});
