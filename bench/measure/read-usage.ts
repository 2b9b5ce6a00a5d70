import { readProc, statFields, withDescendants } from './descendants.ts';

/** A process, or with `tree` also everything it started. */
export interface Target {
  readonly pid: number;
  readonly tree?: true;
}

export interface Usage {
  /** Since its start; of a tree, that of children which ended too. */
  readonly cpuSeconds: number;
  /** Shared pages of a tree counted once, as far as /proc tells: private pages of all, and of the shared ones the largest share. */
  readonly residentMib: number;
}

/** USER_HZ, the unit of /proc/PID/stat: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** What processes have used so far, from /proc. One that is gone counts as nothing. */
export function readUsage({ pid, tree }: Target): Usage {
  const pids = tree ? withDescendants(pid) : [pid];
  let ticks = 0;
  let own = 0;
  let shared = 0;
  for (const each of pids) {
    const fields = statFields(each);
    // utime and stime, and for a tree those of children that were waited for.
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    if (tree) ticks += Number(fields[13] ?? 0) + Number(fields[14] ?? 0);
    const memory = memoryOf(each);
    own += memory.own;
    shared = Math.max(shared, memory.shared);
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, residentMib: (own + shared) / 1024 };
}

function memoryOf(pid: number): { own: number; shared: number } {
  const text = readProc(`/proc/${pid}/status`);
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  return { own: kib('RssAnon'), shared: kib('RssFile') + kib('RssShmem') };
}
