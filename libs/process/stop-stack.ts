/** What a process has started, to be stopped from the last to the first. */
export interface StopStack {
  push(stop: () => Promise<unknown>): void;
  stop(): Promise<void>;
}

/** Starts with `start`, which pushes a stop for each thing it starts; if it fails half-way, what runs already is stopped. */
export async function startOrUndo(start: (stops: StopStack) => Promise<void>): Promise<{ stop(): Promise<void> }> {
  const pushed: (() => Promise<unknown>)[] = [];
  const stops: StopStack = {
    push: (stop) => void pushed.push(stop),
    async stop() {
      for (const each of pushed.splice(0).reverse()) await each();
    },
  };
  try {
    await start(stops);
    return { stop: stops.stop };
  } catch (error) {
    await stops.stop();
    throw error;
  }
}
