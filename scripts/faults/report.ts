import type { Feature } from './features.ts';
import type { Verdict } from './verdict.ts';

export interface FaultReport extends Verdict {
  readonly mode: string;
  readonly seed: number;
  readonly minutes: number;
  readonly seconds: number;
  /** Injected, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Different events that were answered accepted or duplicate. */
  readonly acknowledged: number;
  /** Events by the word they were answered with, each attempt by itself. */
  readonly answers: Readonly<Record<string, number>>;
  readonly corrections: number;
  /** Answers that must not be. */
  readonly surprises: readonly string[];
  /** Processes that ended though nobody ended them; they were started again, as they may. */
  readonly leftByThemselves: readonly string[];
  readonly leftOut: readonly Feature[];
}

export const isExact = ({ lost, doubled, differences, surprises, acknowledged }: FaultReport): boolean =>
  lost === 0 && doubled === 0 && differences.length === 0 && surprises.length === 0 && acknowledged > 0;

const SHOWN = 25;

/** The table at the end, and what differs. */
export function showReport(report: FaultReport): string {
  const faults = Object.entries(report.faults).sort(([a], [b]) => (a < b ? -1 : 1));
  const total = faults.reduce((sum, [, count]) => sum + count, 0);
  const answers = Object.entries(report.answers).map(([word, count]) => `${word} ${count}`);
  const rows: [string, string | number][] = [
    ['seed', report.seed],
    ['mode', report.mode],
    ['seconds', Math.round(report.seconds)],
    ['faults injected', total],
    ...faults.map(([name, count]): [string, number] => [`  ${name}`, count]),
    ['processes that left by themselves', report.leftByThemselves.length],
    ['events acknowledged', report.acknowledged],
    ['answers', answers.join(', ')],
    ['corrections', report.corrections],
    ['left out', report.leftOut.join(', ') || 'nothing'],
    ['windows compared', report.windowsCompared],
    ['figures that differ', report.differences.length],
    ['answers that must not be', report.surprises.length],
    ['lost', report.lost],
    ['doubled', report.doubled],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return [
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}${value}`),
    ...shorten(report.differences.map((difference) => `  differs, seed ${report.seed}: ${JSON.stringify(difference)}`)),
    ...shorten(report.surprises.map((surprise) => `  surprise, seed ${report.seed}: ${surprise}`)),
    ...shorten([...new Set(report.leftByThemselves)].map((left) => `  left by itself: ${left}`)),
  ].join('\n');
}

const shorten = (lines: string[]): string[] =>
  lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more`];
