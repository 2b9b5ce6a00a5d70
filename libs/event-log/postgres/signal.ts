import type { Pool } from '#libs/database/pool.ts';
import { pause } from '../deliver.ts';
import { withConnection } from './with-connection.ts';

/**
 * Wakes readers when something was appended: those of this process directly, those of others by NOTIFY.
 *
 * NOTIFY is sent after the append was committed and not in its transaction, because transactions that notify commit one after another
 * under a lock of the whole server (measured: libs/event-log/README.md). A signal that gets lost costs a reader its poll interval, no more.
 */
export interface Signal {
  /** Something was appended. Returns at once. */
  raise(): void;
  /** Returns the function that ends listening. */
  onRaised(listener: () => void): () => void;
  close(): Promise<void>;
}

const CHANNEL = 'tollbook_log';
const NOTIFY_EVERY_MS = 10;
const NOTIFY_WITHIN_MS = 1_000;
const RECONNECT_MS = 2_000;
const CLOSE_WITHIN_MS = 1_000;

export function createSignal(pool: Pool): Signal {
  const listeners = new Set<() => void>();
  const closed = new AbortController();
  let raised = false;
  let notifying: Promise<void> | undefined;
  let listening: Promise<void> | undefined;

  const wake = () => {
    for (const listener of listeners) listener();
  };

  const notifyOthers = async () => {
    while (raised && !closed.signal.aborted) {
      raised = false;
      await withConnection(pool, NOTIFY_WITHIN_MS, (tx) => tx.query(`NOTIFY ${CHANNEL}`)).catch(() => {});
      await pause(NOTIFY_EVERY_MS, closed.signal);
    }
    notifying = undefined;
  };

  const listen = async () => {
    while (!closed.signal.aborted) {
      // While there is no connection the readers' poll goes on.
      await listenUntilBroken(pool, wake, closed.signal).catch(() => {});
      await pause(RECONNECT_MS, closed.signal);
    }
  };

  return {
    raise() {
      wake();
      raised = true;
      notifying ??= notifyOthers();
    },
    onRaised(listener) {
      listeners.add(listener);
      listening ??= listen();
      return () => listeners.delete(listener);
    },
    async close() {
      closed.abort();
      // Connections of a frozen server let go later, by their own time-outs.
      const ended = new AbortController();
      await Promise.race([Promise.all([notifying, listening]), pause(CLOSE_WITHIN_MS, ended.signal)]);
      // Or its timer would hold the process.
      ended.abort();
    },
  };
}

async function listenUntilBroken(pool: Pool, wake: () => void, closed: AbortSignal): Promise<void> {
  const connection = await pool.connect();
  try {
    const broken = new Promise<void>((resolve) => {
      connection.on('error', () => resolve());
      connection.once('end', resolve);
      closed.addEventListener('abort', () => resolve(), { once: true });
      // Closed while the connection was being opened.
      if (closed.aborted) resolve();
    });
    connection.on('notification', wake);
    // Nobody waits for a frozen server when closing.
    await Promise.race([connection.query(`LISTEN ${CHANNEL}`), broken]);
    await broken;
  } finally {
    // Destroyed, not given back: the pool's next user must not be listening.
    connection.release(true);
  }
}
