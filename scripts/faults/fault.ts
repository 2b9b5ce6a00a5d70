import type { Random } from './random.ts';

/** One way of breaking something. */
export interface FaultKind {
  readonly name: string;
  /** What it can be done to; two faults of one target never overlap. */
  readonly targets: readonly string[];
  /** Does it and makes it good again. Resolves when it is over, with what to add to the log. */
  inject(target: string, random: Random, maxSeconds: number): Promise<string | undefined>;
  /** Once a run only. */
  readonly once?: boolean;
}

/** Milliseconds between 0.2 s and `maxSeconds`; short ones are as frequent as long ones. */
export function pickDuration(random: Random, maxSeconds: number): number {
  return Math.round(200 * (maxSeconds / 0.2) ** random.fraction());
}

export const forMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
