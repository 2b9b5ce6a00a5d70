/** Raw events whose own time lies on a day ($1, UTC). One can have arrived a day before its own time at most. */
export const RAW_DAY = `e.time >= ($1::date::timestamp AT TIME ZONE 'UTC') AND e.time < (($1::date + 1)::timestamp AT TIME ZONE 'UTC')
  AND e.received_at >= (($1::date - 1)::timestamp AT TIME ZONE 'UTC')`;
