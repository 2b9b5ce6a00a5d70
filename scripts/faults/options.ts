import { parseArgs } from 'node:util';
import { FEATURE_NAMES, type Feature } from './features.ts';

export interface FaultRunOptions {
  readonly mode: 'distributed' | 'embedded';
  readonly seed: number;
  /** Of faults. Starting, resolving and comparing come on top. */
  readonly minutes: number;
  /** Events per second. */
  readonly rate: number;
  readonly senders: number;
  /** Longest time that something stays broken. */
  readonly maxFaultSeconds: number;
  /** Mean pause between faults. */
  readonly pauseSeconds: number;
  /** Left out though the product may have them. */
  readonly without: readonly Feature[];
  readonly onLine: (line: string) => void;
}

export const DEFAULTS = {
  mode: 'distributed',
  rate: 300,
  senders: 6,
  maxFaultSeconds: 15,
  pauseSeconds: 2,
  without: [],
} as const;

const MAX_SEED = 2 ** 32;

/** @throws Error with one sentence when an argument is not usable. */
export function parseOptions(
  args: readonly string[],
): Omit<FaultRunOptions, 'onLine'> & { readonly out: string | undefined } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
      mode: { type: 'string', default: DEFAULTS.mode },
      rate: { type: 'string', default: String(DEFAULTS.rate) },
      without: { type: 'string', default: '' },
      out: { type: 'string' },
    },
  });
  const positive = (name: 'minutes' | 'seed' | 'rate', below: number) => {
    const value = Number(values[name]);
    if (!(value > 0 && value < below)) throw new Error(`--${name} must be a number above 0 and below ${below}`);
    return value;
  };
  if (values.mode !== 'distributed' && values.mode !== 'embedded')
    throw new Error('--mode must be distributed or embedded');
  const without = values.without.split(',').filter(Boolean);
  const unknown = without.find((name) => !FEATURE_NAMES.includes(name as Feature));
  if (unknown) throw new Error(`--without ${unknown}: there are ${FEATURE_NAMES.join(', ')}`);
  return {
    ...DEFAULTS,
    without: without as Feature[],
    mode: values.mode,
    minutes: positive('minutes', 10_000),
    seed: Math.floor(positive('seed', MAX_SEED)),
    rate: positive('rate', 100_000),
    out: values.out,
  };
}
