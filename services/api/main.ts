import { runProcess } from '#libs/process/run-process.ts';
import { startApiProcess } from './process.ts';

await runProcess({ service: 'api', required: ['DATABASE_URL', 'KAFKA_BROKERS'], start: startApiProcess });
