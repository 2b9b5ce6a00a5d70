import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** All metrics of a process, registered once. Names follow the Prometheus conventions (unit as suffix, _total for counters). */
export function createMetrics(options: { readonly service: string; readonly defaults?: boolean }) {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  if (options.defaults ?? true) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    refusedConnections: new Counter({
      name: 'tollbook_refused_connections_total',
      help: 'Connections that were cut because as many as allowed were open',
      registers,
    }),
    /** Events answered, by status: accepted, duplicate, conflict, rejected, unavailable. */
    ingestEvents: new Counter({
      name: 'tollbook_ingest_events_total',
      help: 'Events answered, by status',
      labelNames: ['status'],
      registers,
    }),
    ingestAppendSeconds: new Histogram({
      name: 'tollbook_ingest_append_duration_seconds',
      help: 'Time until the log confirmed',
      buckets: SECONDS,
      registers,
    }),
    /** Records applied, by outcome: counted, unassigned, duplicate, conflict, dead_letter. */
    appliedRecords: new Counter({
      name: 'tollbook_aggregator_records_total',
      help: 'Records applied, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    applySeconds: new Histogram({
      name: 'tollbook_aggregator_transaction_duration_seconds',
      help: 'Time of one batch transaction',
      buckets: SECONDS,
      registers,
    }),
    haltedPartitions: new Gauge({
      name: 'tollbook_log_halted_partitions',
      help: 'Partitions that stopped and wait for an operator',
      registers,
    }),
    /** Set by whichever aggregator looked last; each looks every minute. */
    unexplainedRecords: new Gauge({
      name: 'tollbook_unexplained_records',
      help: 'Sum of the differences between counters that must be equal; anything but 0 is a fault',
      registers,
    }),
    recordsBehind: new Gauge({
      name: 'tollbook_log_behind_records',
      help: 'Records in the log that are not applied yet, over all partitions',
      registers,
    }),
    deadLetters: new Gauge({
      name: 'tollbook_dead_letters',
      help: 'Records that could not be applied and were not replayed, by reason',
      labelNames: ['reason'],
      registers,
    }),
    cacheErrors: new Counter({
      name: 'tollbook_cache_errors_total',
      help: 'Cache calls that failed; work went on without',
      registers,
    }),
    invoicesFinalized: new Counter({
      name: 'tollbook_invoices_finalized_total',
      help: 'Invoices finalized',
      registers,
    }),
    customersParked: new Counter({
      name: 'tollbook_billing_customers_parked_total',
      help: 'Customers a billing run parked',
      registers,
    }),
    /** Pages that the sweep tried, by outcome: drawn, failed. */
    pagesDrawn: new Counter({
      name: 'tollbook_pages_drawn_total',
      help: 'Missing pages of documents that were drawn later, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    /** Set by whichever billing run process looked last. */
    pagesMissing: new Gauge({
      name: 'tollbook_pages_missing',
      help: 'Documents without a page although it was tried',
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
