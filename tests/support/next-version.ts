import type { Pool } from '#libs/database/pool.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { ChargeInput } from './billing.ts';

export interface NextVersion {
  readonly charges: readonly ChargeInput[];
  readonly minimumAmount?: string | undefined;
  readonly currency?: string;
  readonly interval?: string;
  readonly state?: string;
}

/** The next version of a plan, active unless said otherwise, as the API would have written it. Answers its id. */
export async function nextVersion(owner: Pool, planId: string, next: NextVersion): Promise<string> {
  const id = uuidv7(Date.now());
  const { rows } = await owner.query(
    `INSERT INTO plans (organization_id, id, key, version, name, currency, interval, minimum_amount, state)
     SELECT p.organization_id, $2, p.key, (SELECT max(version) + 1 FROM plans o WHERE o.organization_id = p.organization_id AND o.key = p.key),
            p.name, coalesce($3, p.currency), coalesce($4, p.interval), $5, $6
       FROM plans p WHERE p.id = $1 RETURNING organization_id`,
    [planId, id, next.currency ?? null, next.interval ?? null, next.minimumAmount ?? null, next.state ?? 'active'],
  );
  for (const [position, { key, meterId, price, terms }] of next.charges.entries())
    await owner.query(
      `INSERT INTO charges (organization_id, plan_id, key, position, meter_id, terms) VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        rows[0].organization_id,
        id,
        key,
        position,
        meterId ?? null,
        JSON.stringify({ key, price, ...(meterId && { meter: 'm' }), ...terms }),
      ],
    );
  return id;
}
