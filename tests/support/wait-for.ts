/** What a test waits for, in words that make a time-out understandable. */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly describe: string | (() => string);
}

const EVERY_MS = 20;

/**
 * Resolves once `condition` answers true. @throws Error after the time-out that names what was waited for and the condition's last error.
 */
export async function waitFor(condition: () => boolean | Promise<boolean>, options: WaitOptions): Promise<void> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  let lastError: unknown;
  for (const deadline = Date.now() + timeoutMs; ; ) {
    try {
      if (await condition()) return;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > deadline) {
      const what = typeof options.describe === 'string' ? options.describe : options.describe();
      const why = lastError ? `: ${(lastError as Error).message}` : '';
      throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}${why}`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
