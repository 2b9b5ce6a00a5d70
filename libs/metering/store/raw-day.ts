import { MAX_AHEAD_MS } from '../ahead.ts';

const FIRST_ARRIVAL = `($1::date::timestamp AT TIME ZONE 'UTC') - interval '${MAX_AHEAD_MS} milliseconds'`;

/**
 * Raw events whose own time lies on a day ($1, UTC). One can have arrived so long before its own time; where its organization's clock is ahead
 * by as much more.
 */
export const RAW_DAY = `e.time >= ($1::date::timestamp AT TIME ZONE 'UTC') AND e.time < (($1::date + 1)::timestamp AT TIME ZONE 'UTC')
  AND (e.received_at >= ${FIRST_ARRIVAL}
       OR e.received_at >= ${FIRST_ARRIVAL} - (SELECT make_interval(secs => max(clock_offset_seconds)) FROM organizations)
          AND e.organization_id IN (SELECT id FROM organizations WHERE clock_offset_seconds > 0))`;
