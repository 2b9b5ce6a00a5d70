import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { createLogger, type Logger } from '#libs/telemetry/logger.ts';
import { logFolder } from './log-folder.ts';

/** The product's logger at its most talkative, into the folder that is searched for secrets after the last test. */
export function testLogger({ showsErrors = false } = {}): Logger {
  const folder = logFolder();
  const write = (line: string): void => {
    if (folder !== null) appendFileSync(path.join(folder, `logger-${process.pid}`), line);
    if (showsErrors && line.startsWith('{"level":"error"')) process.stderr.write(line);
  };
  return createLogger({ service: 'test', level: 'trace', stream: { write } });
}
