import type { Feature } from './features.ts';
import { ask, insist } from './http.ts';
import type { PlannedMeter } from './meters.ts';
import { createMeter, isWanted } from './prepare.ts';
import type { Organization } from './senders.ts';
import type { FaultySystem } from './system.ts';

/** Makes the meters that come while events stream in, and asks for the backfill of those that get one. */
export async function makeMidwayMeters(
  system: FaultySystem,
  organizations: readonly Organization[],
  meters: readonly PlannedMeter[],
  features: ReadonlySet<Feature>,
): Promise<void> {
  for (const { key } of organizations) {
    for (const meter of meters) {
      if (meter.made === 'first' || !isWanted(meter, features)) continue;
      await createMeter(system, key, meter);
      if (meter.made === 'midway-backfilled') await backfill(system, key, meter, 'POST');
    }
  }
}

/** @throws Error when a backfill does not come to its end. */
export async function waitForBackfills(
  system: FaultySystem,
  organizations: readonly Organization[],
  meters: readonly PlannedMeter[],
  features: ReadonlySet<Feature>,
): Promise<void> {
  for (const { key } of organizations)
    for (const meter of meters)
      if (meter.made === 'midway-backfilled' && isWanted(meter, features)) await backfill(system, key, meter, 'GET');
}

const FINISHED = ['done', 'finished', 'completed'];

const backfill = (system: FaultySystem, key: string, { spec }: PlannedMeter, method: 'POST' | 'GET'): Promise<true> =>
  insist(
    `the backfill of ${spec.key}`,
    () => ask(method, `${system.apiUrl}/v1/meters/${spec.key}/backfill`, key, method === 'POST' ? { body: '{}' } : {}),
    (status, body) => {
      if (method === 'POST') return status < 300 || status === 409 ? true : undefined;
      return FINISHED.includes(String(body.state)) ? true : undefined;
    },
    180_000,
  );
