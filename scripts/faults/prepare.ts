import type { Feature } from './features.ts';
import { aliasOf, customerKeys } from './generate.ts';
import { ask, insist } from './http.ts';
import type { PlannedMeter } from './meters.ts';
import { probeFeatures } from './probe.ts';
import type { Organization } from './senders.ts';
import type { FaultySystem } from './system.ts';

const SHARES = [0.7, 0.2, 0.1];
/** The last organization has no customers: what is sent for unknown ones is counted all the same. */
const WITH_CUSTOMERS = 2;

export async function createOrganization(system: FaultySystem, name: string): Promise<{ id: number; key: string }> {
  const body = JSON.stringify({ name });
  return insist(
    'creating an organization',
    () => ask('POST', `${system.apiUrl}/v1/organizations`, system.operatorKey, { body }),
    (status, answer) => (status === 201 ? { id: Number(answer.id), key: String(answer.admin_key) } : undefined),
  );
}

/** Organizations, customers and the meters of the beginning, and what the product can do. */
export async function prepare(
  system: FaultySystem,
  meters: readonly PlannedMeter[],
  without: readonly Feature[],
): Promise<{ readonly organizations: Organization[]; readonly features: Set<Feature> }> {
  const features = await probeFeatures(system, (await createOrganization(system, 'Probe')).key, without);
  const organizations: Organization[] = [];
  for (const [index, share] of SHARES.entries()) {
    const { id, key } = await createOrganization(system, `Organization ${index}`);
    organizations.push({ id, key, share });
    if (index < WITH_CUSTOMERS || features.has('aliases')) await createCustomers(system, key, features.has('aliases'));
    for (const meter of meters)
      if (meter.made === 'first' && isWanted(meter, features)) await createMeter(system, key, meter);
  }
  return { organizations, features };
}

export const isWanted = ({ needs }: PlannedMeter, features: ReadonlySet<Feature>): boolean =>
  needs === undefined || features.has(needs);

async function createCustomers(system: FaultySystem, key: string, withAliases: boolean): Promise<void> {
  for (const customer of customerKeys()) {
    const send = (method: 'POST' | 'PATCH', path: string, body: unknown, wanted: number) =>
      insist(
        `${method} ${path}`,
        () => ask(method, `${system.apiUrl}${path}`, key, { body: JSON.stringify(body) }),
        (status) => (status === wanted ? true : undefined),
      );
    await send('POST', '/v1/customers', { key: customer, name: customer }, 201);
    if (withAliases) await send('PATCH', `/v1/customers/${customer}`, { aliases: [aliasOf(customer)] }, 200);
  }
}

/** May be tried again after an answer that never came: then the meter is there already. */
export const createMeter = (system: FaultySystem, key: string, { spec }: PlannedMeter): Promise<true> =>
  insist(
    `creating the meter ${spec.key}`,
    () => ask('POST', `${system.apiUrl}/v1/meters`, key, { body: JSON.stringify(spec) }),
    (status) => (status === 201 || status === 409 ? true : undefined),
    180_000,
  );
