import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { logFolder } from './log-folder.ts';

export const KNOWN_SECRETS_FILE = 'known-secrets';

/** A secret that looks like nothing, such as a password: no log of this run may hold it. */
export function keepSecret(secret: string): void {
  const folder = logFolder();
  if (folder !== null) appendFileSync(path.join(folder, KNOWN_SECRETS_FILE), `${secret}\n`);
}
