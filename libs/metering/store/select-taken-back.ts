import type { Transaction } from '#libs/database/transaction.ts';
import { identityText } from '../sort-out.ts';
import type { RawEvent } from './copy-usage-events.ts';
import { RAW_DAY } from './raw-day.ts';
import { RAW_HOUR, type RawHour, rawHourValues } from './raw-hour.ts';

/** A revision of an event as text: the same for the raw row that adds it and the one that takes it back. */
export const revisionText = ({
  organizationId,
  key,
  revision,
}: Pick<RawEvent, 'organizationId' | 'key' | 'revision'>) => `${identityText(organizationId, key)} ${revision}`;

/** What voids and amendments took back of an hour, as revisionText. */
export const selectTakenBackOfHour = (tx: Transaction, hour: RawHour): Promise<Set<string>> =>
  selectTakenBack(tx, RAW_HOUR, rawHourValues(hour));

/** What voids and amendments took back of a day of the events' own time (YYYY-MM-DD, UTC), as revisionText. Of all organizations. */
export const selectTakenBackOfDay = (tx: Transaction, day: string): Promise<Set<string>> =>
  selectTakenBack(tx, RAW_DAY, [day]);

async function selectTakenBack(tx: Transaction, where: string, values: unknown[]): Promise<Set<string>> {
  const { rows } = await tx.query<Pick<RawEvent, 'organizationId' | 'key' | 'revision'>>(
    `SELECT e.organization_id AS "organizationId", replace(e.event_key::text, '-', '') AS key, e.revision
       FROM usage_events e WHERE ${where} AND e.sign = -1`,
    values,
  );
  return new Set(rows.map(revisionText));
}
