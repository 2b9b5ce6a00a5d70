import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';

/**
 * Writes the raw result of a benchmark, with the command and the machine it came from, to bench/results. A `--quick` one says too little to
 * be kept: it goes to .tollbook/bench.
 */
export async function writeReport(name: string, figures: Record<string, unknown>): Promise<void> {
  const report = {
    command: `npm run bench:${name}${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memory_gib: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      load_average: loadavg()[0],
    },
    ...figures,
  };
  const quick = process.argv.includes('--quick');
  const folder = quick ? path.resolve('.tollbook/bench') : path.join(import.meta.dirname, 'results');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${name}-${report.date.slice(0, 10)}.json`);
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`written to ${path.relative(process.cwd(), file)}`);
}
