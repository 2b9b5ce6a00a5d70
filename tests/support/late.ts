import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { DocumentLine, InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import { lineKey } from '#libs/invoicing/late/line-key.ts';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { insertBillingRun } from '#libs/invoicing/store/insert-billing-run.ts';
import { Big } from '#libs/money/decimal.ts';
import { bill, billingFixture, type ChargeInput, runDependencies } from './billing.ts';

/** A seller with one customer, acme, whose usage comes when it comes. Time is what the tests say it is. */

export interface WorldSetup {
  /** Meter `calls` is grouped by region. */
  readonly charges: (meterId: number) => readonly ChargeInput[];
  readonly currency?: string;
  readonly minimumAmount?: string;
  readonly interval?: string;
  /** Tax of the organization: [percent, contained in amounts]. */
  readonly tax?: readonly [percent: string, inclusive: boolean];
  readonly coupons?: readonly { readonly percent?: string; readonly amount?: string }[];
  readonly endsOn?: string;
}

/** How many calls, of which region; '' without one. */
export type Calls = Readonly<Record<string, number>>;

export type World = Awaited<ReturnType<typeof createWorld>>;

export async function createWorld(owner: Pool, worker: Pool, setup: WorldSetup) {
  const fixture = billingFixture(owner);
  const { currency = 'EUR' } = setup;
  const organizationId = await fixture.organization();
  const meterId = await fixture.meter(organizationId);
  await owner.query(`UPDATE meters SET group_by = '{region}' WHERE id = $1`, [meterId]);
  const planId = await fixture.plan(organizationId, setup.charges(meterId), currency, {
    ...(setup.interval && { interval: setup.interval }),
    ...(setup.minimumAmount && { minimumAmount: setup.minimumAmount }),
  });
  const customerId = await fixture.customer(organizationId, 'acme');
  const subscriptionId = await fixture.subscription(organizationId, customerId, planId, {
    startsOn: '2025-01-01',
    ...(setup.endsOn && { endsOn: setup.endsOn }),
  });
  const taxRate = async (key: string, percent: string, inclusive: boolean, from = '2020-01-01') => {
    await owner.query(
      `INSERT INTO tax_rates (organization_id, id, key, name, percent, inclusive, valid_from) VALUES ($1, $2, $3, $3, $4, $5, $6)`,
      [organizationId, uuidv7(Date.now()), key, percent, inclusive, from],
    );
    await owner.query('UPDATE organizations SET tax_rates = ARRAY[$2] WHERE id = $1', [organizationId, key]);
  };
  if (setup.tax) await taxRate('vat', ...setup.tax);
  for (const [index, { percent = null, amount = null }] of (setup.coupons ?? []).entries()) {
    const couponId = uuidv7(Date.now());
    const terms = [percent, amount, amount && currency];
    await owner.query(
      `INSERT INTO coupons (organization_id, id, key, name, percent, amount, currency, duration)
       VALUES ($1, $2::uuid, $2::text, 'c', $3, $4, $5, 'forever')`,
      [organizationId, couponId, ...terms],
    );
    await owner.query(
      `INSERT INTO discounts (organization_id, id, customer_id, coupon_id, position, name, starts_on, percent, amount, currency, duration)
       VALUES ($1, $2, $3, $4, $5, 'Welcome', '2025-01-01', $6, $7, $8, 'forever')`,
      [organizationId, uuidv7(Date.now()), customerId, couponId, index + 1, ...terms],
    );
  }
  const documents = async (): Promise<InvoiceDocument[]> =>
    (
      await owner.query<{ document: InvoiceDocument }>(
        'SELECT document FROM invoices WHERE organization_id = $1 ORDER BY finalized_at, kind DESC, id',
        [organizationId],
      )
    ).rows.map(({ document }) => document);
  return {
    organizationId,
    meterId,
    planId,
    customerId,
    subscriptionId,
    fixture,
    taxRate,
    documents,
    /** From here on these are all the calls of that hour: what is left out was voided. */
    async calls(hour: string, regions: Calls): Promise<void> {
      await owner.query('DELETE FROM usage_hourly WHERE organization_id = $1 AND hour = $2', [organizationId, hour]);
      for (const [region, count] of Object.entries(regions)) {
        const groupKey = region === '' ? '' : JSON.stringify({ region });
        await owner.query(
          `INSERT INTO usage_hourly (organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, version)
           VALUES ($1, $2, 'acme', $3, '', $4, $5::bigint, $5::numeric, $6, 1)`,
          [organizationId, meterId, hour, groupKey, count, count * 1_000_003 + region.length],
        );
      }
    },
    /** Bills what falls due in a month, on its border, and answers with the documents that were made. */
    async bill(month: string, changes: Parameters<typeof bill>[3] = {}): Promise<InvoiceDocument[]> {
      const before = (await documents()).length;
      await bill(
        owner,
        worker,
        organizationId,
        { clock: () => Date.parse(`${borderAfter(month)}T06:00:00Z`), ...changes },
        {
          endsAfter: `${month}-01`,
          endsUntil: borderAfter(month),
        },
      );
      return (await documents()).slice(before);
    },
    /** Looks for late usage as the schedule does, or for that of acme alone; answers with the documents that were made. */
    async look(
      on: string,
      changes: { readonly alone?: boolean; readonly since?: string } = {},
    ): Promise<InvoiceDocument[]> {
      const before = (await documents()).length;
      const run = await inTransaction(owner, (tx) =>
        insertBillingRun(tx, {
          organizationId,
          id: uuidv7(Date.now()),
          endsAfter: changes.since ?? '2025-01-01',
          endsUntil: on,
          requestedBy: 'test',
          purpose: 'late',
          ...(changes.alone && { customerId }),
        }),
      );
      await runBilling(runDependencies(worker, { clock: () => Date.parse(`${on}T06:00:00Z`) }), organizationId, run.id);
      return (await documents()).slice(before);
    },
    /** What all documents together bill for services that began in a month: after discounts by line, and by tax. */
    async account(month: string): Promise<Record<string, string>> {
      return accountOf(await documents(), month);
    },
  };
}

export const borderAfter = (month: string): string => {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
};

function accountOf(documents: readonly InvoiceDocument[], month: string): Record<string, string> {
  const sums = new Map<string, Big>();
  const add = (key: string, amount: Big) => sums.set(key, (sums.get(key) ?? new Big('0')).plus(amount));
  const billedBy = (line: DocumentLine): DocumentLine => {
    const on = line.kind === 'adjustment' ? undefined : documents.find(({ id }) => id === line.of?.id);
    return on ? (on.lines[(line.of?.position as number) - 1] as DocumentLine) : line;
  };
  for (const document of documents)
    for (const line of document.lines) {
      if (!line.service_from?.startsWith(month)) continue;
      const key = lineKey(billedBy(line)).split('\0').slice(1).join(' ');
      add(key, new Big(line.amount).minus(line.discount));
      for (const { tax, amount } of line.taxes) add(`tax ${document.taxes[tax]?.key}`, new Big(amount));
    }
  return Object.fromEntries(
    [...sums]
      .filter(([, sum]) => !sum.eq('0'))
      .map(([key, sum]) => [key, sum.toFixed()])
      .sort(),
  );
}

/** Lines as text: kind, charge, region, amount after discounts, tax. */
export const linesOf = ({ lines }: InvoiceDocument): string[] =>
  lines.map(({ kind, adjusts, charge_key: key, group, amount, discount, taxes }) =>
    [
      adjusts ? `${kind} of ${adjusts}` : kind,
      key === '' ? 'plan' : key,
      group?.region,
      new Big(amount).minus(discount).toFixed(2),
      ...taxes.map((tax) => `tax ${tax.amount}`),
    ]
      .filter((part) => part !== undefined && part !== null)
      .join(' '),
  );

export const HOUR = '2025-03-10T12:00:00Z';
export const OTHER_HOUR = '2025-03-31T23:00:00Z';
export const PER_CALL = { model: 'per_unit', unit_amount: '0.10' };

/** Charges of one price for calls. */
export const calls =
  (price: unknown, terms: Readonly<Record<string, unknown>> = {}): WorldSetup['charges'] =>
  (meterId) => [{ key: 'calls', meterId, price, terms }];

/** Sellers of one database who bill March in time. */
export function lateSellers(owner: Pool, worker: Pool) {
  /** A seller whose customer used this in time. */
  const billedFor = async (setup: WorldSetup, used: Calls): Promise<World> => {
    const made = await createWorld(owner, worker, setup);
    await made.calls(HOUR, used);
    await made.bill('2025-03');
    return made;
  };
  return {
    billedFor,
    /** What March comes to when it is billed once. */
    inTime: async (setup: WorldSetup, used: Calls): Promise<Record<string, string>> =>
      (await billedFor(setup, used)).account('2025-03'),
  };
}

/** Kind, total and lines of each document. */
export const figures = (documents: readonly InvoiceDocument[]) =>
  documents.map((document) => [document.kind, document.total, ...linesOf(document)]);
