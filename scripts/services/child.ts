import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A native service as a child of this process, with its data in `cwd`. It dies with this process, however that ends. */
export interface Child {
  readonly pid: number;
  /** Undefined while it runs, then why it ended, with the last lines it wrote. */
  ended(): string | undefined;
  readonly exited: Promise<void>;
  /** SIGKILL, and resolves once it is gone. */
  kill(): Promise<void>;
  /** Asks it to end (SIGTERM) and kills it when it takes longer than `timeoutMs`. */
  stop(timeoutMs?: number): Promise<void>;
}

const KEPT_LINES = 30;

export function startChild(name: string, command: string, args: readonly string[], cwd: string): Child {
  const process_ = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let reason: string | undefined;
  for (const stream of [process_.stdout, process_.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      lines.push(...text.split('\n').filter(Boolean));
      lines.splice(0, lines.length - KEPT_LINES);
    });
  }
  const release = process_.pid === undefined ? () => {} : killWithParent(process_.pid, cwd);
  const exited = new Promise<void>((resolve) => {
    process_.once('error', (error) => {
      reason = `${name} could not be started: ${error.message}`;
      resolve();
    });
    process_.once('exit', (code, signal) => {
      release();
      reason = `${name} ended (${signal ?? `code ${code}`}): ${lines.slice(-5).join(' | ') || 'it said nothing'}`;
      resolve();
    });
  });
  return {
    pid: process_.pid ?? -1,
    ended: () => reason,
    exited,
    kill: () => end(process_, exited, 0),
    stop: (timeoutMs = 10_000) => end(process_, exited, timeoutMs),
  };
}

async function end(child: ChildProcess, exited: Promise<void>, timeoutMs: number): Promise<void> {
  if (timeoutMs > 0) child.kill('SIGTERM');
  // A frozen process takes SIGTERM only when it goes on.
  if (timeoutMs > 0) child.kill('SIGCONT');
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  await exited;
  clearTimeout(timer);
}

/*
 * Watches from outside, for the one end that a process cannot see coming: kill -9. Ends by itself when the child is gone; when the parent
 * is gone first, it kills the child and removes its data.
 */
const WATCHER =
  'while kill -0 "$1" 2>/dev/null; do kill -0 "$2" 2>/dev/null || exit 0; sleep 1; done; kill -9 "$2"; sleep 1; rm -rf "$3"';

/**
 * Ends a process with SIGKILL when this process ends, however it ends. `directory` is its data, removed if this process was killed -9.
 * Returns the function that takes it off the list.
 */
export function killWithParent(pid: number, directory: string): () => void {
  listenOnce();
  alive.add(pid);
  // Detached: Ctrl-C in a terminal must not reach it.
  const watcher = spawn('sh', ['-c', WATCHER, 'watcher', String(process.pid), String(pid), directory], {
    detached: true,
    stdio: 'ignore',
  });
  watcher.once('error', () => {});
  watcher.unref();
  return () => {
    alive.delete(pid);
    watcher.kill('SIGKILL');
  };
}

const alive = new Set<number>();
let listening = false;

function listenOnce(): void {
  if (listening) return;
  listening = true;
  const killAll = () => {
    for (const pid of alive) sendSignal(pid, 'SIGKILL');
    alive.clear();
  };
  process.once('exit', killAll);
  // Node ends on these without an `exit` event. Raised again, they end this process as they would have.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      killAll();
      process.kill(process.pid, signal);
    });
  }
}

/** A signal to a process that may be gone already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const STOPPED_WITHIN_MS = 2_000;

/**
 * SIGSTOP, and returns once every thread stands still: a busy process with many threads takes a tenth of a second, in which it goes on working.
 * Off Linux, where the threads cannot be looked at, it returns at once.
 */
export function freezeProcess(pid: number): void {
  sendSignal(pid, 'SIGSTOP');
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  const deadline = Date.now() + STOPPED_WITHIN_MS;
  while (threadStates(pid).some((state) => state !== 'T') && Date.now() < deadline) Atomics.wait(sleeper, 0, 0, 1);
}

function threadStates(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      // The name in brackets may hold anything; the state follows it.
      return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    });
  } catch {
    return [];
  }
}

/** Direct children of a process: Postgres serves each connection in one. */
export function childPids(pid: number): number[] {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

/** Polls until `probe` succeeds. @throws Error when the child ended or the deadline passed, with what it last said. */
export async function untilReady(
  name: string,
  child: Child,
  probe: () => Promise<void>,
  timeoutMs: number,
): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; ; ) {
    try {
      await probe();
      return;
    } catch (error) {
      const ended = child.ended();
      if (ended) throw new Error(ended, { cause: error });
      if (Date.now() > deadline) {
        throw new Error(`${name} was not ready within ${timeoutMs / 1000} s: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
