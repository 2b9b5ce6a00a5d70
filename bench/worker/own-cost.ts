/** What a piece of work took in this process. */
export interface OwnCost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Starts measuring this process; the function tells what it took until then. */
export function startOwnCost(): () => OwnCost {
  const started = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}
