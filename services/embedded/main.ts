import { runProcess } from '#libs/process/run-process.ts';
import { startEmbedded } from './start.ts';

await runProcess({ service: 'embedded', required: [], start: (config, logger) => startEmbedded(config, logger) });
