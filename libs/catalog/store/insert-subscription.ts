import type { Transaction } from '#libs/database/transaction.ts';

export interface NewSubscription {
  readonly id: string;
  readonly customerId: string;
  readonly planId: string;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly timeZone: string;
}

export async function insertSubscription(tx: Transaction, organizationId: number, row: NewSubscription): Promise<void> {
  await tx.query(
    `INSERT INTO subscriptions (organization_id, id, customer_id, plan_id, starts_on, ends_on, time_zone) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [organizationId, row.id, row.customerId, row.planId, row.startsOn, row.endsOn, row.timeZone],
  );
}
