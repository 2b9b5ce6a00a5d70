import type { Transaction } from '#libs/database/transaction.ts';
import type { PaymentStatus } from '#libs/payments/payment-state.ts';

export interface PaymentFilter {
  readonly status: PaymentStatus;
  /** Local date of the seller: by it what is unpaid is overdue. */
  readonly today: string;
}

interface Page extends PaymentFilter {
  readonly organizationId: number;
  readonly customerId?: string | undefined;
  readonly billingRunId?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

interface Found {
  readonly id: string;
  readonly dueDate: string;
}

/**
 * Ids of invoices whose payment stands so today, newest first; what is unpaid by its due date, the latest first, since only in that order an
 * index knows what is overdue. Behind a page goes on from its last invoice, whatever became of that meanwhile.
 */
export async function selectIdsByPayment(tx: Transaction, page: Page): Promise<string[]> {
  const { status, limit } = page;
  if (status !== 'overdue' && status !== 'open' && status !== 'partially_paid')
    return idsOf(await select(tx, page, status, BY_ID));
  const states = status === 'overdue' ? ['open', 'partially_paid'] : [status];
  const found: Found[] = [];
  for (const state of states)
    found.push(...(await select(tx, page, state, status === 'overdue' ? OVERDUE : NOT_YET_DUE)));
  return idsOf(found.sort(latestFirst)).slice(0, limit);
}

const idsOf = (found: readonly Found[]): string[] => found.map(({ id }) => id);

/** Both are texts in the order of what they stand for. */
const latestFirst = (one: Found, other: Found): number =>
  one.dueDate === other.dueDate ? (one.id < other.id ? 1 : -1) : one.dueDate < other.dueDate ? 1 : -1;

const BY_ID = `AND ($3::uuid IS NULL OR p.invoice_id < $3) AND $7::date IS NOT NULL ORDER BY p.invoice_id DESC`;
const BY_DUE_DATE = `AND ($3::uuid IS NULL OR (p.due_date, p.invoice_id) < (
         (SELECT l.due_date FROM payment_standings l WHERE l.organization_id = $1 AND l.invoice_id = $3), $3))
        ORDER BY p.due_date DESC, p.invoice_id DESC`;
const OVERDUE = `AND p.due_date < $7::date ${BY_DUE_DATE}`;
const NOT_YET_DUE = `AND p.due_date >= $7::date ${BY_DUE_DATE}`;

async function select(tx: Transaction, page: Page, state: string, order: string): Promise<Found[]> {
  const { organizationId, customerId, billingRunId, after, limit, today } = page;
  const isNarrow = customerId !== undefined || billingRunId !== undefined;
  const { rows } = await tx.query<Found>(
    `SELECT p.invoice_id AS id, p.due_date::text AS "dueDate" FROM payment_standings p
      WHERE p.organization_id = $1 AND p.state = $2 AND ${isNarrow ? OF_NARROW : '$5::uuid IS NULL AND $6::uuid IS NULL'}
        ${order} LIMIT $4`,
    [organizationId, state, after ?? null, limit, customerId ?? null, billingRunId ?? null, today],
  );
  return rows;
}

const OF_NARROW = `p.invoice_id IN (SELECT i.id FROM invoices i
   WHERE i.organization_id = $1 AND ($5::uuid IS NULL OR i.customer_id = $5) AND ($6::uuid IS NULL OR i.billing_run_id = $6))`;
