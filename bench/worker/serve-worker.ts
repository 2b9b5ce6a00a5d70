/** What a worker process tells the one that started it. */
export type WorkerMessage<Info, Result> =
  | { readonly kind: 'ready'; readonly info: Info }
  | { readonly kind: 'progress'; readonly progress: unknown }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly message: string };

export interface PreparedWork<Info, Result> {
  readonly info: Info;
  /** What is measured. */
  run(report: (progress: unknown) => void): Promise<Result>;
}

/**
 * The child's side of start-worker.ts: gets its options, prepares what must not be measured, says that it is ready, and works when told
 * to, as often as told to.
 */
export function serveWorker<Options, Info, Result>(
  prepare: (options: Options) => Promise<PreparedWork<Info, Result>>,
): void {
  const say = (message: WorkerMessage<Info, Result>): void => {
    if (process.connected) process.send?.(message);
  };
  const fail = (error: unknown): void => {
    say({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  };
  process.once('disconnect', () => process.exit());
  process.once('message', (options) => {
    prepare(options as Options).then(({ info, run }) => {
      process.on('message', () => {
        run((progress) => say({ kind: 'progress', progress })).then((result) => say({ kind: 'done', result }), fail);
      });
      say({ kind: 'ready', info });
    }, fail);
  });
}
