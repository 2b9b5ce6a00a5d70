import { Presets, SingleBar } from 'cli-progress';
import type { Run } from './run.ts';

export interface RunProgress {
  show(run: Run): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere a line whenever it begins to wait for something else. */
export function startRunProgress(stream: NodeJS.WriteStream): RunProgress {
  return stream.isTTY ? bar(stream) : lines(stream);
}

function bar(stream: NodeJS.WriteStream): RunProgress {
  const shown = new SingleBar(
    {
      stream,
      format: '  {bar} {percentage}% · {value} of {total} customers · {rate} · {note}',
      hideCursor: true,
      clearOnComplete: true,
      barsize: 30,
    },
    Presets.shades_classic,
  );
  shown.start(0, 0, { rate: '', note: '' });
  return {
    show(run) {
      shown.setTotal(run.customers_due);
      shown.update(run.customers_done, { rate: rateText(run), note: noteText(run) });
    },
    stop: () => shown.stop(),
  };
}

function lines(stream: NodeJS.WriteStream): RunProgress {
  let last = '';
  return {
    show(run) {
      const reason = run.phase === 'waiting' ? (run.state_reason ?? '') : '';
      if (reason !== '' && reason !== last) stream.write(`${reason}\n`);
      last = reason;
    },
    stop() {},
  };
}

const rateText = ({ invoices_per_second: rate }: Run): string => (rate === null ? '…' : `${rate} invoices/s`);

function noteText({ phase, state_reason: reason, seconds_left: left }: Run): string {
  if (phase === 'waiting') return reason ?? 'waiting';
  if (phase === 'rendering') return 'rendering PDFs';
  return left === null ? '' : `${left} s left`;
}
