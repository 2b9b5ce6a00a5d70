/**
 * What a run does beside sending events. Each is asked of the product when a run begins (probe.ts); what it does not know yet is left out
 * and named in the report, so that a run never passes by silently doing less.
 */
export const FEATURES = {
  aggregations: 'min, max, avg, latest, unique, weighted_sum',
  filters: 'meters with a filter',
  subscriptions: 'events that name a subscription',
  aliases: 'customers with several names',
  corrections: 'void and amend, also before their original',
  backfill: 'meters made while events stream in, counted back from raw events',
  ndjson: 'NDJSON streams',
  cloudevents: 'CloudEvents batches',
  envelope: 'the envelope with transaction_id',
  partitions: 'partitions added under load (Kafka only)',
} as const;

export type Feature = keyof typeof FEATURES;

export const FEATURE_NAMES = Object.keys(FEATURES) as Feature[];
