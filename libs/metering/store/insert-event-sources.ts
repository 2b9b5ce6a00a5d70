import type { Transaction } from '#libs/database/transaction.ts';
import { type Arrival, identityText } from '../sort-out.ts';

/** Stores names of sources seen for the first time. `known` ones are skipped. @returns those it stored, to be known once committed. */
export async function insertEventSources(
  tx: Transaction,
  arrivals: Iterable<Arrival>,
  known: ReadonlySet<string>,
): Promise<string[]> {
  const fresh = new Map<string, { organizationId: number; source: string }>();
  for (const { record } of arrivals) {
    const { organizationId, event } = record;
    const text = identityText(organizationId, event.source);
    if (!known.has(text)) fresh.set(text, { organizationId, source: event.source });
  }
  if (fresh.size === 0) return [];
  const sorted = [...fresh].sort(([a], [b]) => (a < b ? -1 : 1));
  await tx.query(
    `INSERT INTO event_sources (organization_id, source) SELECT * FROM unnest($1::integer[], $2::text[]) ON CONFLICT DO NOTHING`,
    [sorted.map(([, { organizationId }]) => organizationId), sorted.map(([, { source }]) => source)],
  );
  return sorted.map(([text]) => text);
}
