import { type FaultKind, forMs } from './fault.ts';
import type { Random } from './random.ts';

export interface InjectorOptions {
  readonly kinds: readonly FaultKind[];
  readonly random: Random;
  /** Longest time that something stays broken. */
  readonly maxSeconds: number;
  /** Mean pause between faults that do not overlap. */
  readonly pauseMs: number;
  readonly onLog: (line: string) => void;
}

export interface Injector {
  readonly counts: Record<string, number>;
  /** Faults until `deadline` (epoch milliseconds), and longer until every kind happened once. Resolves when all is whole again. @throws Error when one of them cannot be done. */
  run(deadline: number): Promise<void>;
}

const MOST_FAILURES = 5;

/** Every kind once, in the seed's order, then any of them. One in three begins while another one lasts. */
export function createInjector({ kinds, random, maxSeconds, pauseMs, onLog }: InjectorOptions): Injector {
  const counts: Record<string, number> = {};
  const failures: Record<string, number> = {};
  const active = new Map<string, Promise<void>>();
  let turn = 0;
  let giveUp: Error | undefined;
  const first = random.shuffled(kinds);
  const lasting = kinds.filter(({ once }) => !once);
  const start = async (kind: FaultKind) => {
    const own = random.fork(`${kind.name} ${turn++}`);
    const target = own.pick(kind.targets);
    await active.get(target);
    onLog(`${kind.name}: ${target}`);
    const begun = Date.now();
    const done = kind.inject(target, own, maxSeconds).then(
      (note) => {
        counts[kind.name] = (counts[kind.name] ?? 0) + 1;
        onLog(`over: ${kind.name}: ${target}, ${((Date.now() - begun) / 1000).toFixed(1)} s${note ? `, ${note}` : ''}`);
      },
      (error: Error) => {
        onLog(`could not ${kind.name}: ${target}: ${error.message}`);
        if (counts[kind.name]) return;
        first.unshift(kind);
        // Or it would be tried for ever, without a word to whoever started the run.
        failures[kind.name] = (failures[kind.name] ?? 0) + 1;
        if (failures[kind.name] === MOST_FAILURES)
          giveUp ??= new Error(`could not ${kind.name} ${MOST_FAILURES} times: ${error.message}`);
      },
    );
    active.set(
      target,
      done.finally(() => active.delete(target)),
    );
  };
  return {
    counts,
    async run(deadline) {
      while (Date.now() < deadline || first.length > 0) {
        if (giveUp) throw giveUp;
        const kind = first.pop() ?? random.pick(lasting);
        await start(kind);
        if (random.chance(1 / 3)) await forMs(random.below(300));
        else {
          await Promise.all(active.values());
          await forMs(-Math.log(1 - random.fraction()) * pauseMs);
        }
      }
      await Promise.all(active.values());
    },
  };
}
