import { meterFaults } from '#libs/catalog/meter-faults.ts';
import { type Charge, MAX_CHARGES, type Plan, type PlanContent, type PlanInput } from '#libs/catalog/plan-schema.ts';
import { readableFields } from '#libs/catalog/readable-fields.ts';
import { deleteCharges } from '#libs/catalog/store/delete-charges.ts';
import { insertCharges } from '#libs/catalog/store/insert-charges.ts';
import { insertPlan } from '#libs/catalog/store/insert-plan.ts';
import { lockPlanKey } from '#libs/catalog/store/lock-plan-key.ts';
import { selectCharges } from '#libs/catalog/store/select-charges.ts';
import { selectPlan } from '#libs/catalog/store/select-plan.ts';
import { updatePlan } from '#libs/catalog/store/update-plan.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { pointerOf } from '#libs/http/describe-issues.ts';
import { ApiError, type FieldError, invalidFields } from '#libs/http/errors.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import type { StoredMeter } from '#libs/metering/store/meter-row.ts';
import { selectMetersByKey } from '#libs/metering/store/select-meters-by-key.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type Charge as ChargeTerms, chargeSchema } from '#libs/pricing/charge-schema.ts';
import { type PresentedPlan, presentPlan } from './present-plan.ts';

/* The life of a plan version: draft, active, archived. Who makes or moves one holds the lock of the plan's key. */

/** The next version of the plan with this key; the first if there is none. */
export async function createPlan(
  tx: Transaction,
  organizationId: number,
  { key, state, ...content }: PlanInput,
  id: string,
): Promise<PresentedPlan> {
  const meters = await metersOf(tx, organizationId, content.charges);
  const version = (await lockPlanKey(tx, organizationId, key)) + 1;
  const plan = await insertPlan(tx, organizationId, { id, key, version, state, ...fieldsOf(content) });
  return tell(tx, organizationId, 'plan.created', plan, await storeCharges(tx, organizationId, plan, content, meters));
}

/** Another content for a draft. @throws ApiError when the version is no draft */
export async function replaceDraft(
  tx: Transaction,
  organizationId: number,
  key: string,
  version: number,
  content: PlanContent,
): Promise<PresentedPlan> {
  const meters = await metersOf(tx, organizationId, content.charges);
  const before = await lockVersion(tx, organizationId, key, version);
  if (before.state !== 'draft') throw inState(before, 'so it never changes: make the next version by POST /v1/plans');
  await deleteCharges(tx, organizationId, before.id);
  const plan = await updatePlan(tx, organizationId, { ...before, ...fieldsOf(content) });
  return tell(tx, organizationId, 'plan.updated', plan, await storeCharges(tx, organizationId, plan, content, meters));
}

/** Active, which it may be already. @throws ApiError when it is archived, or its meters do not fit any more */
export async function activatePlan(
  tx: Transaction,
  organizationId: number,
  key: string,
  version: number,
): Promise<PresentedPlan> {
  // The catalogue before the plan's key, as everywhere.
  await lockCatalogShared(tx);
  const before = await lockVersion(tx, organizationId, key, version);
  const charges = await selectCharges(tx, organizationId, [before.id]);
  if (before.state === 'active') return presentPlan(before, charges);
  if (before.state === 'archived') throw inState(before, 'and stays so: make the next version by POST /v1/plans');
  await metersOf(
    tx,
    organizationId,
    charges.map(({ terms }) => terms),
  );
  const plan = await updatePlan(tx, organizationId, { ...before, state: 'active' });
  return tell(tx, organizationId, 'plan.activated', plan, charges);
}

/** Takes no new subscriptions from here on; those that it has stay on it. */
export async function archivePlan(
  tx: Transaction,
  organizationId: number,
  key: string,
  version: number,
): Promise<PresentedPlan> {
  const before = await lockVersion(tx, organizationId, key, version);
  const charges = await selectCharges(tx, organizationId, [before.id]);
  if (before.state === 'archived') return presentPlan(before, charges);
  const plan = await updatePlan(tx, organizationId, { ...before, state: 'archived' });
  return tell(tx, organizationId, 'plan.archived', plan, charges);
}

const fieldsOf = ({ name, currency, interval, minimum_amount: minimumAmount }: PlanContent) => ({
  name,
  currency,
  interval,
  minimumAmount: minimumAmount ?? null,
});

const inState = ({ key, version, state }: Plan, consequence: string): ApiError =>
  new ApiError('plan_state', `Version ${version} of plan "${key}" is ${state}, ${consequence}.`);

async function lockVersion(tx: Transaction, organizationId: number, key: string, version: number): Promise<Plan> {
  await lockPlanKey(tx, organizationId, key);
  const plan = await selectPlan(tx, organizationId, key, version);
  if (!plan) throw new ApiError('not_found', `There is no plan "${key}" with version ${version}.`);
  return plan;
}

/** The meters that charges name, which stay as they are until commit. @throws ApiError with everything that does not fit */
async function metersOf(
  tx: Transaction,
  organizationId: number,
  charges: readonly ChargeTerms[],
): Promise<ReadonlyMap<string, StoredMeter>> {
  await lockCatalogShared(tx);
  const { meters, faults } = await findMeters(tx, organizationId, charges);
  if (faults.length > 0) throw invalidFields(faults);
  return meters;
}

/** What in a plan that its schema refused does not fit the meters either. The body may be anything. */
export async function meterFaultsOfRefused(
  tx: Transaction,
  organizationId: number,
  body: unknown,
): Promise<readonly FieldError[]> {
  const { charges } = (body ?? {}) as { readonly charges?: unknown };
  if (!Array.isArray(charges) || charges.length > MAX_CHARGES) return [];
  const read = charges.map((charge) => readableFields(chargeSchema, charge) as ChargeTerms);
  return (await findMeters(tx, organizationId, read)).faults;
}

async function findMeters(tx: Transaction, organizationId: number, charges: readonly ChargeTerms[]) {
  const keys = charges.flatMap(({ meter }) => meter ?? []);
  const meters = await selectMetersByKey(tx, organizationId, keys);
  const faults = charges.flatMap((charge, index) =>
    meterFaults(charge, meters.get(charge.meter ?? '')).map(
      ({ path, code, detail }): FieldError => ({ pointer: pointerOf(['charges', index, ...path]), code, detail }),
    ),
  );
  return { meters, faults };
}

async function storeCharges(
  tx: Transaction,
  organizationId: number,
  plan: Plan,
  content: PlanContent,
  meters: ReadonlyMap<string, StoredMeter>,
): Promise<Charge[]> {
  const charges = content.charges.map((terms, position): Charge => {
    const { key, meter } = terms;
    const meterId = meter === undefined ? null : (meters.get(meter) as StoredMeter).id;
    return { planId: plan.id, key, position, meterId, meterKey: meter ?? null, terms };
  });
  await insertCharges(tx, organizationId, charges);
  return charges;
}

async function tell(
  tx: Transaction,
  organizationId: number,
  type: string,
  plan: Plan,
  charges: readonly Charge[],
): Promise<PresentedPlan> {
  const presented = presentPlan(plan, charges);
  await insertOutbox(tx, { organizationId, type, subject: plan.id, data: presented });
  return presented;
}
