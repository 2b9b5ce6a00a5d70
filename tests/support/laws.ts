/** How many cases a law is tried on. `globals` of a jest configuration can set another number. */
export const LAW_RUNS: number = (globalThis as { LAW_RUNS?: number }).LAW_RUNS ?? 10_000;
