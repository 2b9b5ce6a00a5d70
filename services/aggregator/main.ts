import { runProcess } from '#libs/process/run-process.ts';
import { startAggregatorProcess } from './process.ts';

await runProcess({
  service: 'aggregator',
  required: ['DATABASE_URL', 'KAFKA_BROKERS'],
  start: (config, logger) => startAggregatorProcess(config, logger),
});
