/** A bounded number of events and bytes, and those who wait for room, in their order. */
export interface Room {
  /** Takes the room if there is some and nobody waits for it. */
  enter(bytes: number): boolean;
  /** Resolves when the room is taken. @throws the signal's reason, or what `close` was given */
  wait(bytes: number, signal?: AbortSignal): Promise<void>;
  leave(bytes: number): void;
  close(reason: Error): void;
}

interface Waiter {
  readonly bytes: number;
  readonly take: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** A single event that is larger than all the room gets in when there is nothing else. */
export function createRoom(maxEvents: number, maxBytes: number): Room {
  const waiters = new Set<Waiter>();
  let heldEvents = 0;
  let heldBytes = 0;
  const fits = (bytes: number) => heldEvents === 0 || (heldEvents < maxEvents && heldBytes + bytes <= maxBytes);
  const take = (bytes: number): void => {
    heldEvents += 1;
    heldBytes += bytes;
  };
  return {
    enter(bytes) {
      if (waiters.size > 0 || !fits(bytes)) return false;
      take(bytes);
      return true;
    },
    wait: (bytes, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => waiter.refuse(signal?.reason);
        const end = () => {
          waiters.delete(waiter);
          signal?.removeEventListener('abort', onAbort);
        };
        const waiter: Waiter = {
          bytes,
          take() {
            end();
            take(bytes);
            resolve();
          },
          refuse(reason) {
            end();
            reject(reason);
          },
        };
        waiters.add(waiter);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    leave(bytes) {
      heldEvents -= 1;
      heldBytes -= bytes;
      for (const waiter of waiters) {
        if (!fits(waiter.bytes)) return;
        waiter.take();
      }
    },
    close(reason) {
      for (const waiter of waiters) waiter.refuse(reason);
    },
  };
}
