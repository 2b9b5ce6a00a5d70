import { addDays } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { type RunDependencies, runBilling } from '#libs/invoicing/run/run-billing.ts';
import type { BillingRun } from '#libs/invoicing/store/billing-run-row.ts';
import { insertBillingRun } from '#libs/invoicing/store/insert-billing-run.ts';

/** Rows for tests of billing, put in by SQL: what the API and the aggregator would have written. */

export interface ChargeInput {
  readonly key: string;
  readonly meterId?: number;
  readonly price: unknown;
  /** More of its terms. */
  readonly terms?: Readonly<Record<string, unknown>>;
}

export interface SubscriptionInput {
  readonly startsOn: string;
  readonly endsOn?: string;
  readonly timeZone?: string;
  readonly createdAt?: string;
  readonly anchor?: string;
  readonly trialDays?: number;
  readonly trialUsage?: string;
  readonly quantities?: Readonly<Record<string, string>>;
}

export interface ChangeInput {
  readonly startsOn: string;
  readonly planId?: string;
  readonly quantities?: Readonly<Record<string, string>>;
  readonly overrides?: unknown;
  readonly paused?: boolean;
}

export function billingFixture(owner: Pool) {
  const insert = async <T>(sql: string, values: readonly unknown[]): Promise<T> =>
    (await owner.query(sql, [...values])).rows[0] as T;
  const fixture = {
    async organization(changes: { timeZone?: string; graceMinutes?: number } = {}): Promise<number> {
      const row = await insert<{ id: number }>(
        `INSERT INTO organizations (name, time_zone, grace_minutes, seller)
         VALUES ('Nordwind', $1, $2, '{"name":"Nordwind Cloud GmbH","address_lines":["Speicherstr. 14","Hamburg"]}') RETURNING id`,
        [changes.timeZone ?? 'UTC', changes.graceMinutes ?? 0],
      );
      return row.id;
    },
    async meter(organizationId: number, key = 'calls'): Promise<number> {
      const row = await insert<{ id: number }>(
        `INSERT INTO meters (organization_id, key, name, event_type, aggregation, started_at_log)
         VALUES ($1, $2, $2, $2, 'count', '{"epoch": 1, "offsets": {}}') RETURNING id`,
        [organizationId, key],
      );
      return row.id;
    },
    async plan(
      organizationId: number,
      charges: readonly ChargeInput[],
      currency = 'EUR',
      more: { interval?: string; minimumAmount?: string } = {},
    ): Promise<string> {
      const id = uuidv7(Date.now());
      await insert(
        `INSERT INTO plans (organization_id, id, key, version, name, currency, interval, minimum_amount)
         VALUES ($1, $2, $3, 1, 'Plan', $4, $5, $6)`,
        [organizationId, id, `plan-${id}`, currency, more.interval ?? 'month', more.minimumAmount ?? null],
      );
      for (const [position, charge] of charges.entries())
        await insert(
          `INSERT INTO charges (organization_id, plan_id, key, position, meter_id, terms) VALUES ($1, $2, $3, $4, $5, $6)`,
          [
            organizationId,
            id,
            charge.key,
            position,
            charge.meterId ?? null,
            JSON.stringify(
              charge.price && {
                key: charge.key,
                price: charge.price,
                ...(charge.meterId && { meter: 'm' }),
                ...charge.terms,
              },
            ),
          ],
        );
      return id;
    },
    async customer(organizationId: number, key: string): Promise<string> {
      const id = uuidv7(Date.now());
      await insert(`INSERT INTO customers (organization_id, id, key, name) VALUES ($1, $2, $3, $3)`, [
        organizationId,
        id,
        key,
      ]);
      return id;
    },
    async subscription(
      organizationId: number,
      customerId: string,
      planId: string,
      term: SubscriptionInput,
    ): Promise<string> {
      const id = uuidv7(Date.now());
      await insert(
        `INSERT INTO subscriptions (organization_id, id, customer_id, currency, starts_on, ends_on, time_zone, created_at, due_from,
                                    anchor, trial_days, trial_usage)
         SELECT $1, $2, $3, currency, $5, $6, $7, coalesce($8::timestamptz, now()), $5, $9, $10, $11
           FROM plans WHERE organization_id = $1 AND id = $4`,
        [
          organizationId,
          id,
          customerId,
          planId,
          term.startsOn,
          term.endsOn ?? null,
          term.timeZone ?? 'UTC',
          term.createdAt ?? null,
          term.anchor ?? null,
          term.trialDays ?? 0,
          term.trialUsage ?? 'billed',
        ],
      );
      await fixture.change(organizationId, id, { startsOn: term.startsOn, planId, quantities: term.quantities ?? {} });
      return id;
    },
    /** One change of a subscription; what is left out stays as it was. */
    async change(organizationId: number, subscriptionId: string, change: ChangeInput): Promise<void> {
      await insert(
        `INSERT INTO subscription_changes (organization_id, subscription_id, id, starts_on, plan_id, quantities, overrides, paused)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          organizationId,
          subscriptionId,
          uuidv7(Date.now()),
          change.startsOn,
          change.planId ?? null,
          change.quantities ?? null,
          change.overrides ?? null,
          change.paused ?? null,
        ],
      );
      await owner.query('UPDATE subscriptions SET due_from = least(due_from, $2) WHERE id = $1', [
        subscriptionId,
        change.startsOn,
      ]);
    },
    /** One hourly row; adds to one that is there, as the aggregator would. */
    async usage(organizationId: number, meterId: number, customer: string, hour: string, total: string, events = '1') {
      await insert(
        `INSERT INTO usage_hourly AS u (organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, version)
         VALUES ($1, $2, $3, $4, '', '', $5, $6, 7, 1)
         ON CONFLICT (organization_id, meter_id, customer, hour, subscription, group_key) DO UPDATE SET
           event_count = u.event_count + excluded.event_count, total = u.total + excluded.total, version = u.version + 1`,
        [organizationId, meterId, customer, hour, events, total],
      );
    },
    async applied(offsets: Readonly<Record<number, number>>): Promise<void> {
      for (const [partition, next] of Object.entries(offsets))
        await insert(
          `INSERT INTO log_offsets (partition, next_offset) VALUES ($1, $2)
           ON CONFLICT (partition) DO UPDATE SET next_offset = excluded.next_offset`,
          [Number(partition), next],
        );
    },
    /** A flat fee of 10 and 0.002 a call, for a customer on it since the first of that month. */
    async simpleCustomer(organizationId: number, key: string, planId: string, timeZone = 'UTC'): Promise<string> {
      const customerId = await fixture.customer(organizationId, key);
      await fixture.subscription(organizationId, customerId, planId, { startsOn: '2025-01-01', timeZone });
      return customerId;
    },
    async simplePlan(organizationId: number, meterId: number): Promise<string> {
      return fixture.plan(organizationId, [
        { key: 'fee', price: { model: 'flat', amount: '10' } },
        { key: 'calls', meterId, price: { model: 'per_unit', unit_amount: '0.002' } },
      ]);
    },
    async queue(organizationId: number, window = PAST_MONTH): Promise<BillingRun> {
      const wanted = { organizationId, id: uuidv7(Date.now()), requestedBy: 'test', ...window };
      return inTransaction(owner, (tx) => insertBillingRun(tx, wanted));
    },
    async documents(organizationId: number) {
      const { rows } = await owner.query(
        'SELECT *, document AS document FROM invoices WHERE organization_id = $1 ORDER BY series, issue_date, series_number',
        [organizationId],
      );
      return rows;
    },
  };
  return fixture;
}

/** A month that is long over. */
export const PAST_MONTH = { endsAfter: '2025-03-01', endsUntil: '2025-04-01' };
export const HOUR_IN_PAST_MONTH = '2025-03-10T12:00:00Z';
export const NEXT_MONTH = { endsAfter: '2025-04-01', endsUntil: addDays('2025-04-01', 30) };

/** A run with an empty log, so that nothing is waited for, and today's date. */
export function runDependencies(pool: Pool, changes: Partial<RunDependencies> = {}): RunDependencies {
  return {
    pool,
    logEnd: async () => new Map(),
    clock: Date.now,
    signal: new AbortController().signal,
    pollMs: 20,
    ...changes,
  };
}

/** Queues a run and carries it to its end. */
export async function bill(
  owner: Pool,
  worker: Pool,
  organizationId: number,
  changes: Partial<RunDependencies> = {},
  window = PAST_MONTH,
): Promise<BillingRun> {
  const { id } = await billingFixture(owner).queue(organizationId, window);
  const ended = await runBilling(runDependencies(worker, changes), organizationId, id);
  if (ended === null) throw new Error('the run was not carried to its end');
  return ended;
}

/** The same without the pages: stops once all documents are there. */
export async function billWithoutPages(
  owner: Pool,
  worker: Pool,
  organizationId: number,
  window = PAST_MONTH,
): Promise<void> {
  const { id } = await billingFixture(owner).queue(organizationId, window);
  const finished = new AbortController();
  const checkpoint = async (step: string) => {
    if (step === 'finalized') finished.abort();
  };
  const dependencies = runDependencies(worker, { chunkSize: 500, signal: finished.signal, checkpoint });
  await runBilling(dependencies, organizationId, id);
}
