import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A disk of a few megabytes, in memory. */
export interface SmallDisk {
  resize(megabytes: number): Promise<void>;
  /** So small that nothing but this is left. */
  leave(megabytes: number): Promise<void>;
  unmount(): Promise<void>;
}

/** Mounts it over an empty folder. Null where this process may not mount: that needs root on Linux. */
export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk | null> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', folder]);
  } catch {
    return null;
  }
  const resize = async (size: number) => void (await run('mount', ['-o', `remount,size=${size}m`, folder]));
  return {
    resize,
    async leave(free) {
      const { blocks, bfree, bsize } = await statfs(folder);
      await resize(Math.ceil(((blocks - bfree) * bsize) / 2 ** 20) + free);
    },
    // Lazily: whoever still has a file open there keeps it until it closes it.
    unmount: async () => void (await run('umount', ['-l', folder])),
  };
}
