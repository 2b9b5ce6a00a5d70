import { loadConfig, printableConfig, type Required } from '#libs/config/load-config.ts';
import type { SettingName } from '#libs/config/settings.ts';
import { createLogger, type Logger } from '#libs/telemetry/logger.ts';

/** Something that runs until it is stopped. */
export interface Running {
  /** Stops taking work, finishes or hands back what is in flight. */
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 10_000;

/**
 * The life of a process: settings in, start, then SIGTERM or SIGINT out. What keeps it from starting is one sentence on standard
 * error and exit code 1. A stop that takes longer than 10 s is cut off; nothing is lost by that, as by kill -9.
 */
export async function runProcess<Names extends SettingName = never>(options: {
  readonly service: string;
  readonly required: readonly Names[];
  readonly start: (config: Required<Names>, logger: Logger) => Promise<Running>;
}): Promise<void> {
  let logger: Logger | undefined;
  try {
    const config = loadConfig(process.env, options.required);
    logger = createLogger({ service: options.service, level: config.TOLLBOOK_LOG_LEVEL });
    logger.info({ config: printableConfig(config) }, 'starting');
    // A signal that comes while starting is kept until there is something to stop; the time limit runs from the signal.
    const signal = firstSignal(() => {
      logger?.error(`not stopped within ${STOP_WITHIN_MS / 1000} s, leaving`);
      process.exit(1);
    });
    const running = await options.start(config, logger);
    logger.info('started');
    const name = await signal;
    logger.info({ signal: name }, 'stopping');
    await running.stop();
    logger.info('stopped');
    process.exit(0);
  } catch (error) {
    logger?.debug({ err: error }, 'failed');
    console.error(sentence(error));
    process.exit(1);
  }
}

function firstSignal(onOverdue: () => void): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      // Not once: a second signal while stopping would otherwise end the process at once, and leave its Postgres behind.
      process.on(name, () => {
        setTimeout(onOverdue, STOP_WITHIN_MS).unref();
        resolve(name);
      });
    }
  });
}

/** The innermost thing worth telling. AggregateError (a host with several addresses) hides its message in its parts. */
function sentence(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return sentence(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
