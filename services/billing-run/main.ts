import { runProcess } from '#libs/process/run-process.ts';
import { startBillingRunProcess } from './process.ts';

await runProcess({
  service: 'billing-run',
  required: ['DATABASE_URL', 'KAFKA_BROKERS'],
  start: startBillingRunProcess,
});
