import type { Transaction } from '#libs/database/transaction.ts';
import { isBefore, type StandingChoice, standingValues } from './select-standing-events.ts';

/** How many events of a span voids and amendments took back, before a watermark and since. */
export async function countTakenBack(
  tx: Transaction,
  organizationId: number,
  choice: StandingChoice,
): Promise<{ readonly before: number; readonly since: number }> {
  const { rows } = await tx.query<{ before: string; since: string }>(
    `SELECT count(*) FILTER (WHERE b.before) AS before, count(*) FILTER (WHERE NOT b.before) AS since
       FROM (SELECT ${isBefore('e')} AS before
               FROM usage_events e
              WHERE e.organization_id = $1 AND e.customer = ANY($2::text[]) AND e.type = ANY($3::text[]) AND e.sign = -1
                AND e.time >= $4 AND e.time < $5 AND e.received_at >= $6
                AND ($7::text IS NULL OR e.subscription = $7 OR ($8 AND e.subscription = ''))) AS b`,
    standingValues(organizationId, choice),
  );
  return { before: Number(rows[0]?.before), since: Number(rows[0]?.since) };
}
