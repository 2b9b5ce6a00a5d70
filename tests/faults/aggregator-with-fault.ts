import { runProcess } from '#libs/process/run-process.ts';
import { startAggregatorProcess } from '#services/aggregator/process.ts';
import { killAt } from './kill-at.ts';

/* The aggregator as it is, except that it kills itself (-9) the first time it reaches the step named in FAULT_AT. */

await runProcess({
  service: 'aggregator',
  required: ['DATABASE_URL', 'KAFKA_BROKERS'],
  start: (config, logger) => startAggregatorProcess(config, logger, killAt(process.env.FAULT_AT)),
});
