/**
 * A checkpoint at which this process gets a signal, the first time it reaches one step: as `kill -9` ends it, or as SIGSTOP freezes it
 * until somebody lets it go on. Without a step it does nothing.
 */
export function killAt(step: string | undefined, signal = process.env.FAULT_SIGNAL ?? 'SIGKILL') {
  let isDone = false;
  return async (at: string): Promise<void> => {
    if (at !== step || isDone) return;
    isDone = true;
    // Standard output is a pipe: written before the signal comes.
    console.log(`at ${step}`);
    process.kill(process.pid, signal);
    // The signal may take a moment; nothing behind this line may run before it.
    if (signal === 'SIGKILL') await new Promise(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
}
