import { readUsage, type Target } from './read-usage.ts';

/** CPU seconds used while it ran, and the most memory seen. */
export interface Measured {
  readonly cpuSeconds: number;
  readonly maxResidentMib: number;
}

export interface Sample {
  readonly seconds: number;
  readonly residentMib: Readonly<Record<string, number>>;
}

export interface Meter<Name extends string> {
  stop(): { readonly processes: Record<Name, Measured>; readonly samples: readonly Sample[] };
}

/** Watches processes from outside until stopped; looks at their memory every `everyMs`. */
export function startMeter<Name extends string>(targets: Readonly<Record<Name, Target>>, everyMs = 250): Meter<Name> {
  const names = Object.keys(targets) as Name[];
  const before = new Map(names.map((name) => [name, readUsage(targets[name])]));
  const most = new Map<Name, number>();
  const samples: Sample[] = [];
  const started = performance.now();
  const look = (): void => {
    const resident = names.map((name): [Name, number] => [name, Math.round(readUsage(targets[name]).residentMib)]);
    for (const [name, mib] of resident) most.set(name, Math.max(most.get(name) ?? 0, mib));
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    samples.push({ seconds, residentMib: Object.fromEntries(resident) });
  };
  const timer = setInterval(look, everyMs);
  look();
  return {
    stop() {
      clearInterval(timer);
      look();
      const processes = Object.fromEntries(
        names.map((name) => [
          name,
          {
            cpuSeconds: readUsage(targets[name]).cpuSeconds - (before.get(name)?.cpuSeconds ?? 0),
            maxResidentMib: most.get(name) ?? 0,
          },
        ]),
      );
      return { processes: processes as Record<Name, Measured>, samples };
    },
  };
}
