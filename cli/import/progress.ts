import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** A bar on a terminal; silent elsewhere. */
export function startProgress(stream: NodeJS.WriteStream, total: number, done = 0): Progress {
  if (!stream.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar(
    {
      stream,
      format: '  {bar} {percentage}% · {value} of {total} · {eta_formatted} left',
      hideCursor: true,
      clearOnComplete: true,
      barsize: 30,
    },
    Presets.shades_classic,
  );
  bar.start(total, done);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}
