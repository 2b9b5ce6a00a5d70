import { type DestinationStream, pino } from 'pino';

export type Logger = pino.Logger;

/** JSON lines on standard error; standard output stays free for what a person asked for. Keys, passwords and what Postgres shows of rows are cut out. */
export function createLogger(options: {
  readonly service: string;
  readonly level: string;
  /** Instead of standard error. */
  readonly stream?: DestinationStream;
}): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'authorization',
          '*.authorization',
          '*["x-api-key"]',
          'password',
          '*.password',
          '*.admin_key',
          'connectionString',
          '*.connectionString',
          // Postgres repeats there what was to be stored: people's names and addresses.
          'err.detail',
          'err.cause.detail',
        ],
        censor: '[cut]',
      },
    },
    options.stream ?? pino.destination({ fd: 2, sync: true }),
  );
}
