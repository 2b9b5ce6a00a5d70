import { appliedLag, waitUntilApplied } from './applied.ts';
import { createBook } from './book.ts';
import { startCorrections } from './correct.ts';
import { startDistributed } from './distributed.ts';
import { startEmbeddedSystem } from './embedded.ts';
import { forMs } from './fault.ts';
import { FEATURE_NAMES, FEATURES } from './features.ts';
import { createInjector } from './injector.ts';
import { plannedMeters } from './meters.ts';
import { makeMidwayMeters, waitForBackfills } from './midway.ts';
import type { FaultRunOptions } from './options.ts';
import { prepare } from './prepare.ts';
import { createRandom } from './random.ts';
import type { FaultReport } from './report.ts';
import { resolveUnknown, type SenderOptions, startSenders } from './senders.ts';
import type { FaultySystem } from './system.ts';
import { judge } from './verdict.ts';

const RESOLVE_WITHIN_MS = 180_000;
const APPLY_WITHIN_MS = 300_000;
const PROGRESS_EVERY_MS = 10_000;
/** Longer than an answer may take: then no append that began before is still on its way. */
const QUIET_MS = 12_000;

/**
 * One run: start everything, send and break until the time is over, make everything whole, send what is unknown until it is known, wait
 * until the log is applied, and compare every figure with the model. Ends what it started, however it ends.
 */
export async function runFaults(options: FaultRunOptions): Promise<FaultReport> {
  const startedAt = Date.now();
  const say = (line: string) =>
    options.onLine(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${line}`);
  const book = createBook();
  const onPartitions = async () => {
    book.moved = true;
    await forMs(QUIET_MS);
  };
  const system = await (options.mode === 'embedded' ? startEmbeddedSystem() : startDistributed({ onPartitions }));
  try {
    const report = await runOn(system, { ...options, startedAt, say, book });
    return { ...report, seconds: (Date.now() - startedAt) / 1000 };
  } finally {
    await system.stop();
  }
}

interface Context extends FaultRunOptions {
  readonly startedAt: number;
  readonly say: (line: string) => void;
  readonly book: ReturnType<typeof createBook>;
}

async function runOn(system: FaultySystem, context: Context): Promise<Omit<FaultReport, 'seconds'>> {
  const { book, say, startedAt } = context;
  const random = createRandom(context.seed);
  const meters = plannedMeters(startedAt);
  const { organizations, features } = await prepare(system, meters, context.without);
  const leftOut = FEATURE_NAMES.filter((name) => !features.has(name));
  say(`ready; seed ${context.seed}; left out: ${leftOut.map((name) => FEATURES[name]).join('; ') || 'nothing'}`);
  const injector = createInjector({
    kinds: system.faults.filter(({ name }) => name !== 'add partitions' || features.has('partitions')),
    random: random.fork('faults'),
    maxSeconds: context.maxFaultSeconds,
    pauseMs: context.pauseSeconds * 1000,
    onLog: say,
  });
  const traffic: SenderOptions = {
    book,
    shape: { startedAt, features },
    organizations,
    ingestUrls: system.ingestUrls,
    random: random.fork('traffic'),
    senders: context.senders,
    rate: context.rate,
  };
  const stopSenders = startSenders(traffic);
  const stopCorrections = startCorrections(traffic);
  const stopProgress = startProgress(system, context, injector.counts);
  const faultsFor = context.minutes * 60_000;
  const midway = forMs(faultsFor * 0.4).then(() => makeMidwayMeters(system, organizations, meters, features));
  try {
    await Promise.all([injector.run(Date.now() + faultsFor), midway]);
    say('all is whole again; sending what is unknown until it is known');
    await stopSenders();
    const corrections = await stopCorrections();
    await resolveUnknown(traffic, RESOLVE_WITHIN_MS);
    await waitUntilApplied(system, APPLY_WITHIN_MS);
    await waitForBackfills(system, organizations, meters, features);
    say('everything is applied; comparing');
    const verdict = await judge({ system, book, organizations, meters, features, startedAt });
    return {
      mode: context.mode,
      seed: context.seed,
      minutes: context.minutes,
      faults: injector.counts,
      acknowledged: book.taken(),
      answers: book.answers,
      corrections,
      ...verdict,
      surprises: book.surprises,
      leftByThemselves: system.leftByThemselves,
      leftOut,
    };
  } finally {
    stopProgress();
    await Promise.allSettled([stopSenders(), stopCorrections()]);
  }
}

function startProgress(system: FaultySystem, { say, book }: Context, counts: Record<string, number>): () => void {
  const timer = setInterval(async () => {
    const lag = await appliedLag(system).catch(() => 'unknown');
    const faults = Object.values(counts).reduce((sum, count) => sum + count, 0);
    say(`-- ${faults} faults, ${book.taken()} acknowledged, ${book.unknown.length} unknown, ${lag} to apply`);
  }, PROGRESS_EVERY_MS);
  return () => clearInterval(timer);
}
