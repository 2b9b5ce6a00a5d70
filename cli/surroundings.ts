import { loadConfig } from '#libs/config/load-config.ts';
import { UsageError } from './errors.ts';

/** What every command gets from the outside. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborts with the first SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal;
}

export const EXIT = { ok: 0, failed: 1, usage: 2, couldNot: 2, interrupted: 130 } as const;

/** Where Tollbook answers and the key to use. @throws UsageError when there is no key. */
export function readConnection(environment: Surroundings['environment']): { url: string; key: string } {
  const { TOLLBOOK_URL: url, TOLLBOOK_API_KEY: key } = loadConfig(environment);
  if (!/^https?:\/\//.test(url)) throw new UsageError(`TOLLBOOK_URL must begin with http:// or https://, not ${url}`);
  if (!key)
    throw new UsageError('TOLLBOOK_API_KEY is not set: export a key of your organization that may ingest, tb_live_…');
  return { url: url.replace(/\/+$/, ''), key };
}
