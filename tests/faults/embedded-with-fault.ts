import { runProcess } from '#libs/process/run-process.ts';
import { startEmbedded } from '#services/embedded/start.ts';
import { killAt } from './kill-at.ts';

/* The embedded system as it is, except that it kills itself (-9) the first time its aggregator reaches the step named in FAULT_AT. */

await runProcess({
  service: 'embedded',
  required: [],
  start: (config, logger) => startEmbedded(config, logger, killAt(process.env.FAULT_AT)),
});
