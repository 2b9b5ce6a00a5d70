/** A checkpoint that ends this process as `kill -9` does, at one step. Without a step it does nothing. */
export function killAt(step: string | undefined): (at: string) => Promise<void> {
  return async (at) => {
    if (at !== step) return;
    process.kill(process.pid, 'SIGKILL');
    // The signal may take a moment; nothing after this line may run.
    await new Promise(() => {});
  };
}
