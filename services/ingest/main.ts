import { runProcess } from '#libs/process/run-process.ts';
import { startIngestProcess } from './process.ts';

await runProcess({ service: 'ingest', required: ['DATABASE_URL', 'KAFKA_BROKERS'], start: startIngestProcess });
