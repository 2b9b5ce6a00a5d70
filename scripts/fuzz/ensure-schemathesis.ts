import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** schemathesis in a virtual environment of its own in this folder, installed there when it is missing. Needs Python 3.10 with venv. */
export async function ensureSchemathesis(folder: string): Promise<string> {
  const command = path.join(folder, 'bin/schemathesis');
  const isThere = await access(command).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await run('python3', ['-m', 'venv', folder]);
    const requirements = path.join(import.meta.dirname, 'requirements.txt');
    await run(path.join(folder, 'bin/pip'), ['install', '--quiet', '--requirement', requirements]);
  }
  return command;
}
