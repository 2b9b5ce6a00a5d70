import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type FoundSecret, findSecrets } from './find-secrets.ts';
import { KNOWN_SECRETS_FILE } from './keep-secret.ts';

export interface ScannedLogs {
  readonly files: number;
  readonly bytes: number;
  readonly found: readonly (FoundSecret & { readonly file: string })[];
}

/** The first start prints keys, which is what it is for. */
const ANNOUNCED = /, shown this once[^:\n]*: tb_\w+?_[\w-]+/g;

/** Reads every log of a folder. `file` is its path. */
export async function scanLogs(folder: string): Promise<ScannedLogs> {
  const names = (await readdir(folder)).filter((name) => name !== KNOWN_SECRETS_FILE);
  const known = await readFile(path.join(folder, KNOWN_SECRETS_FILE), 'utf8').catch(() => '');
  const secrets = [...new Set(known.split('\n').filter(Boolean))];
  let bytes = 0;
  const found: ScannedLogs['found'][number][] = [];
  // One after the other: a log may be large.
  for (const name of names) {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    bytes += text.length;
    const log = name.endsWith('.stdout') ? text.replaceAll(ANNOUNCED, '') : text;
    found.push(...findSecrets(log, secrets).map((secret) => ({ ...secret, file })));
  }
  return { files: names.length, bytes, found };
}
