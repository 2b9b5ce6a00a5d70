import type { Pool } from '#libs/database/pool.ts';

/** The month that is billed, and what lies in it. */
export const BILLED_WINDOW = { endsAfter: '2025-03-01', endsUntil: '2025-04-01' } as const;
const HOURS = ['2025-03-03T10:00Z', '2025-03-10T12:00Z', '2025-03-28T23:00Z'];

const TIERS = {
  model: 'graduated',
  tiers: [
    { up_to: '1000', unit_amount: '0' },
    { up_to: '50000', unit_amount: '0.002', flat_amount: '5' },
    { up_to: null, unit_amount: '0.0012' },
  ],
};

const METERS = ['calls', 'bytes', 'jobs'];

const CHARGES = [
  { key: 'fee', name: 'Base fee', billing: 'in_advance', price: { model: 'flat', amount: '49.00' } },
  { key: 'seats', name: 'Seats', quantity: 'seats', price: { model: 'per_unit', unit_amount: '12.00' } },
  ...METERS.map((meter) => ({ key: meter, name: `Use of ${meter}`, meter, price: TIERS })),
];

export const LINES_EACH = CHARGES.length;

/** An organization whose customers are all on one plan with five charges, with a month of usage. Everything put in by SQL. */
export async function putCustomers(owner: Pool, customers: number): Promise<number> {
  const { rows } = await owner.query<{ id: number }>(
    `INSERT INTO organizations (name, grace_minutes, seller)
     VALUES ('Bench', 0, '{"name": "Nordwind Cloud GmbH", "address_lines": ["Speicherstr. 14", "20457 Hamburg"], "tax_id": "DE123456789"}')
     RETURNING id`,
  );
  const { id } = rows[0] as { id: number };
  for (const key of METERS)
    await owner.query(
      `INSERT INTO meters (organization_id, key, name, event_type, aggregation, value_property, started_at_log)
       VALUES ($1, $2, $2, $2, 'sum', 'value', '{"epoch": 1, "offsets": {}}')`,
      [id, key],
    );
  const planId = '01940000-0000-7000-8000-000000000000';
  await owner.query(
    `INSERT INTO plans (organization_id, id, key, version, name, currency, interval) VALUES ($1, $2, 'team', 1, 'Team', 'EUR', 'month')`,
    [id, planId],
  );
  for (const [position, { ...terms }] of CHARGES.entries())
    await owner.query(
      `INSERT INTO charges (organization_id, plan_id, key, position, meter_id, terms)
       VALUES ($1, $2, $3, $4, (SELECT id FROM meters WHERE organization_id = $1 AND key = $3), $5)`,
      [id, planId, terms.key, position, JSON.stringify(terms)],
    );
  await putSubscriptions(owner, id, planId, customers);
  await owner.query(
    `INSERT INTO usage_hourly (organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, version)
     SELECT $1, m.id, c.key, h.hour, '', '', 700, 700 + m.id * 13 + length(c.key) * 1000,
            ('x' || left(md5(c.key), 15))::bit(60)::bigint::numeric * 340282366920938463463374607431768211455, 1
       FROM customers c CROSS JOIN meters m CROSS JOIN unnest($2::timestamptz[]) AS h (hour)
      WHERE c.organization_id = $1 AND m.organization_id = $1`,
    [id, HOURS],
  );
  return id;
}

/** The same in every database, and rising like UUIDs of version 7. */
const risingId = (i: string): string =>
  `(lpad(to_hex(1735689600000 + ${i}), 12, '0') || '70008000' || lpad(to_hex(${i}), 12, '0'))::uuid`;

async function putSubscriptions(owner: Pool, id: number, planId: string, customers: number): Promise<void> {
  await owner.query(
    `INSERT INTO customers (organization_id, id, key, name, email, address_lines)
     SELECT $1, ${risingId('i')}, 'customer-' || lpad(i::text, 7, '0'), 'Customer ' || i || ' Ltd', 'billing@customer-' || i || '.example',
            ARRAY['1 High Street', 'London']
       FROM generate_series(1, $2::integer) AS i`,
    [id, customers],
  );
  await owner.query(
    `INSERT INTO subscriptions (organization_id, id, customer_id, currency, starts_on, time_zone, due_from)
     SELECT $1, ${risingId('i + 100000000')}, ${risingId('i')}, 'EUR', '2025-01-01', 'Europe/Berlin', NULL FROM generate_series(1, $2::integer) AS i`,
    [id, customers],
  );
  await owner.query(
    `INSERT INTO subscription_changes (organization_id, subscription_id, id, starts_on, plan_id, quantities, overrides, paused)
     SELECT $1, id, id, '2025-01-01', $2, '{"seats": "7"}', '{}', false FROM subscriptions WHERE organization_id = $1`,
    [id, planId],
  );
}

/** What the planner knows after a while, and no dirty pages left from putting it in. */
export async function settle(owner: Pool): Promise<void> {
  await owner.query('ANALYZE');
  await owner.query('CHECKPOINT');
}
