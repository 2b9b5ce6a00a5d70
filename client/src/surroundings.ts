/** What the client needs of the machine. Given, so that its laws can be tried without waiting. */
export interface Surroundings {
  readonly fetch: typeof fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Rejects with the signal's reason when it aborts. Keeps the process alive meanwhile: something is left to be sent. */
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly uuid: () => string;
}

/** Those of Node. */
export const machine = (given: { readonly fetch?: typeof fetch | undefined }): Surroundings => ({
  // Looked up at each call, so that whoever instruments the global one later is seen.
  fetch: given.fetch ?? ((...args) => fetch(...args)),
  now: Date.now,
  random: Math.random,
  sleep,
  uuid: () => crypto.randomUUID(),
});

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
