import { writeFile } from 'node:fs/promises';
import { parseOptions } from './options.ts';
import { isExact, showReport } from './report.ts';
import { runFaults } from './run.ts';

/*
 * `npm run faults -- --minutes N --seed S [--mode distributed|embedded] [--rate R] [--out FILE]`: breaks real processes over real
 * services while events stream in, and compares what was counted with a model of its own. Exit code 0 only if nothing acknowledged was
 * lost, nothing was doubled and every figure is equal.
 */

try {
  const { out, ...options } = parseOptions(process.argv.slice(2));
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    console.log(line);
  };
  const report = await runFaults({ ...options, onLine });
  console.log(`\n${showReport(report)}\n`);
  if (out)
    await writeFile(out, `${JSON.stringify({ date: new Date().toISOString(), ...report, log: lines }, null, 2)}\n`);
  process.exit(isExact(report) ? 0 : 1);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
