import { styleText } from 'node:util';
import { SingleBar } from 'cli-progress';

/** A progress bar on a terminal; a line at the end elsewhere. */
export function startProgress(
  label: string,
  total: number,
): { update(done: number): void; finish(note?: string): void } {
  const started = performance.now();
  const bar = new SingleBar({
    format: `  ${label.padEnd(22)} {bar} {percentage}% · {value}/{total} · {duration_formatted}`,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    hideCursor: true,
    clearOnComplete: true,
    barsize: 30,
  });
  const live = process.stdout.isTTY;
  if (live) bar.start(total, 0);
  return {
    update: (done) => {
      if (live) bar.update(Math.min(done, total));
    },
    finish(note = '') {
      if (live) {
        bar.update(total);
        bar.stop();
      }
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(
        `  ${label.padEnd(22)} ${styleText('green', '━'.repeat(30))} ${total.toLocaleString('en')} in ${seconds} s${note ? ` · ${note}` : ''}`,
      );
    },
  };
}
