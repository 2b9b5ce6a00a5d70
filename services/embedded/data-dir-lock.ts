import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Two Tollbooks on one data directory would end each other's Postgres, so the first one writes its pid there. The file of a process
 * that was killed is taken over: its pid no longer lives.
 * @throws Error with one sentence while another one holds the directory.
 */
export async function lockDataDir(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'tollbook.pid');
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder && holder !== process.pid && (await isTollbook(holder))) {
      throw new Error(
        `The data directory ${directory} is in use by another Tollbook (pid ${holder}): stop it or set TOLLBOOK_DATA_DIR to another folder.`,
      );
    }
    await rm(file, { force: true });
  }
}

async function isTollbook(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // A pid is used again after a while; where the system tells, only a Node process counts.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'node');
  return command.includes('node');
}
