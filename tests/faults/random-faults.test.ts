import { expect, test } from '@jest/globals';
import { DEFAULTS } from '#scripts/faults/options.ts';
import { isExact, showReport } from '#scripts/faults/report.ts';
import { runFaults } from '#scripts/faults/run.ts';

/* The short form of `npm run faults`: every kind of fault once, a fixed seed, and every figure compared. */

const LATE_MS = 360_000;

test.each([
  { mode: 'distributed', kinds: 22, leftOut: [] },
  { mode: 'embedded', kinds: 6, leftOut: ['partitions'] },
] as const)(
  '$mode mode: every kind of fault, nothing lost, nothing doubled',
  async ({ mode, kinds, leftOut }) => {
    const lines: string[] = [];
    let timer: NodeJS.Timeout | undefined;
    // Jest's own limit would not say what was waited for.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not over after ${LATE_MS / 1000} s:\n${lines.join('\n')}`)), LATE_MS);
    });
    const run = runFaults({
      ...DEFAULTS,
      mode,
      seed: 20_261_121,
      minutes: 0.5,
      rate: 200,
      maxFaultSeconds: 3,
      pauseSeconds: 0.5,
      onLine: (line) => lines.push(line),
    });
    const report = await Promise.race([run, late]).finally(() => clearTimeout(timer));
    // Shown only when it matters, and then with all that happened.
    if (!isExact(report)) throw new Error(`${lines.join('\n')}\n\n${showReport(report)}`);
    expect(report.leftOut).toEqual(leftOut);
    expect(Object.keys(report.faults)).toHaveLength(kinds);
    expect(report.acknowledged).toBeGreaterThan(1_000);
  },
  LATE_MS + 30_000,
);
