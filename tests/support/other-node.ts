import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface OtherNode {
  readonly node: string;
  readonly version: string;
}

/** The machine's own Node, of another version than this one and 20 or newer, if it has one; this one otherwise. */
export async function otherNode(): Promise<OtherNode> {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => !folder.includes('node_modules'));
  for (const folder of new Set([...folders, '/usr/local/bin', '/usr/bin'])) {
    const node = path.join(folder, 'node');
    const isThere = await access(node, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    const { stdout } = await run(node, ['--version']);
    const version = stdout.trim();
    if (version !== process.version && Number(version.slice(1).split('.')[0]) >= 20) return { node, version };
  }
  return { node: process.execPath, version: process.version };
}
