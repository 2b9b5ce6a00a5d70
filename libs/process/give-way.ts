import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 10;
/** Share of a look in which the thread was at work. */
const BUSY = 0.5;

/**
 * For long work beside others in one thread: called between two pieces, it waits until the thread has little to do, but not longer than the
 * piece before took. So an idle process loses next to nothing, and a busy one keeps at least half of its time for the others.
 * `workedMs`: how long the piece took.
 */
export async function giveWay(workedMs: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + workedMs;
  while (!signal.aborted && performance.now() < deadline) {
    const before = performance.eventLoopUtilization();
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    if (performance.eventLoopUtilization(before).utilization < BUSY) return;
  }
}
