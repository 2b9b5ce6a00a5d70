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

/** As many are looked up by their due date and sorted here; where there are more, they are found going from the newest on. */
const FEW = 1_000;

/**
 * Ids of invoices whose payment stands so today, newest first. Of what is unpaid the planner cannot know how much is overdue, so it is not
 * asked: each statement has the one index that it can use.
 */
export async function selectIdsByPayment(tx: Transaction, page: Page): Promise<string[]> {
  const { status, limit } = page;
  const pages: string[][] = [];
  if (status === 'overdue')
    for (const state of ['open', 'partially_paid']) pages.push(await ofUnpaid(tx, page, state, '<'));
  else if (status === 'open' || status === 'partially_paid') pages.push(await ofUnpaid(tx, page, status, '>='));
  else pages.push(await inOrder(tx, page, status, ''));
  return pages.flat().sort().reverse().slice(0, limit);
}

async function ofUnpaid(tx: Transaction, page: Page, state: string, than: '<' | '>='): Promise<string[]> {
  const due = `AND p.due_date ${than} $7::date`;
  const few = await select(tx, { ...page, limit: FEW }, state, `${due} ORDER BY p.due_date`);
  return few.length < FEW ? few : inOrder(tx, page, state, due);
}

const inOrder = (tx: Transaction, page: Page, state: string, due: string): Promise<string[]> =>
  select(tx, page, state, `${due} ORDER BY p.invoice_id DESC`);

async function select(tx: Transaction, page: Page, state: string, end: string): Promise<string[]> {
  const { organizationId, customerId, billingRunId, after, limit, today } = page;
  const isNarrow = customerId !== undefined || billingRunId !== undefined;
  const { rows } = await tx.query<{ id: string }>(
    `SELECT p.invoice_id AS id FROM payment_standings p
      WHERE p.organization_id = $1 AND p.state = $2 AND ($3::uuid IS NULL OR p.invoice_id < $3) AND $7::date IS NOT NULL
        AND ${isNarrow ? OF_NARROW : '$5::uuid IS NULL AND $6::uuid IS NULL'}
        ${end} LIMIT $4`,
    [organizationId, state, after ?? null, limit, customerId ?? null, billingRunId ?? null, today],
  );
  return rows.map(({ id }) => id);
}

const OF_NARROW = `p.invoice_id IN (SELECT i.id FROM invoices i
   WHERE i.organization_id = $1 AND ($5::uuid IS NULL OR i.customer_id = $5) AND ($6::uuid IS NULL OR i.billing_run_id = $6))`;
