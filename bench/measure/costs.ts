import type { Measured } from './start-meter.ts';

/** Columns `cpu NAME` (µs an event) and `rss NAME` (MiB) of every process. */
export function costColumns(processes: Readonly<Record<string, Measured>>, events: number): Record<string, number> {
  const entries = Object.entries(processes);
  return Object.fromEntries([
    ...entries.map(([name, { cpuSeconds }]) => [`cpu ${name}`, (cpuSeconds * 1e6) / events]),
    ...entries.map(([name, { maxResidentMib }]) => [`rss ${name}`, maxResidentMib]),
  ]);
}
