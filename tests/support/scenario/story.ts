import { inTransaction } from '#libs/database/transaction.ts';
import type { InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import { refreshDrafts } from '#libs/invoicing/drafts/refresh-drafts.ts';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { scheduleRuns } from '#libs/invoicing/run/schedule-runs.ts';
import type { BillingRun } from '#libs/invoicing/store/billing-run-row.ts';
import { selectNow } from '#libs/invoicing/store/select-now.ts';
import { startTestApi, type TestAnswer } from '../api.ts';
import { runDependencies } from '../billing.ts';
import { createTestDatabase } from '../database.ts';
import { createFeed, usageEvent } from '../metering.ts';
import type { SomeCharge } from '../pricing/again/bill-again.ts';
import { bookOf } from './book.ts';
import { dateAt } from './days.ts';
import { type PreviewedDocument, samePreview } from './same-preview.ts';
import { simulateClock } from './simulated-clock.ts';

/** Of a plan as it was sent. */
export type PlanCharge = SomeCharge & { readonly meter?: string; readonly every?: string };

export interface StoryPlan {
  readonly key: string;
  readonly interval?: string;
  readonly minimum_amount?: string;
  readonly currency: string;
  readonly charges: readonly PlanCharge[];
}

export interface Used {
  readonly customer: string;
  readonly meter: string;
  readonly at: number;
  readonly quantity: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type Story = Awaited<ReturnType<typeof startStory>>;

/**
 * An organization in a time of its own: what happens goes through the API and the aggregator's steps; bills are made by the schedule alone,
 * which is asked once a day at 12:00 UTC. Each run is previewed first, and must issue what was previewed.
 */
export async function startStory(from: string, settings: Record<string, unknown> = {}) {
  let at = Date.parse(from);
  const database = await createTestDatabase();
  const clock = await simulateClock(database);
  await clock.set(at);
  // Each look is a little later, so that what came first is first.
  const now = () => at++;
  const api = await startTestApi({ database, now });
  const { id: organizationId, api: own } = await api.organization(settings);
  const feed = await createFeed(api.worker);
  const plans: StoryPlan[] = [];
  const subscriptions: string[] = [];
  const used: Used[] = [];
  const zones = new Map<string, string>();

  const move = async (to: number): Promise<void> => {
    at = to;
    await clock.set(to);
  };
  const carryOut = async (run: BillingRun): Promise<void> => {
    const previewed: PreviewedDocument[] = [];
    for (const [key, timeZone] of zones) {
      const until = dateAt(at - (await graceOf()) * 60_000, timeZone);
      const { body } = done(await own.get(`/v1/customers/${key}/invoice-preview?until=${until}`));
      previewed.push(...body.documents);
    }
    const ended = await runBilling(runDependencies(api.worker, { clock: now }), organizationId, run.id);
    if (ended?.state !== 'completed') throw new Error(`a run did not end: ${JSON.stringify(ended)}`);
    const { parked } = done(await own.get(`/v1/billing-runs/${run.id}`)).body;
    if (parked.length > 0) throw new Error(`parked: ${JSON.stringify(parked)}`);
    samePreview(previewed, await documents('billing_run_id = $2', run.id));
  };
  const graceOf = async (): Promise<number> =>
    (await api.owner.query('SELECT grace_minutes FROM organizations WHERE id = $1', [organizationId])).rows[0]
      .grace_minutes;
  const documents = async (where = '$2', value: unknown = true): Promise<InvoiceDocument[]> => {
    const { rows } = await api.owner.query(
      `SELECT document FROM invoices WHERE organization_id = $1 AND ${where} ORDER BY issue_date, series DESC, series_number`,
      [organizationId, value],
    );
    return rows.map(({ document }) => document);
  };
  const post = async (path: string, body: unknown = {}) => done(await own.post(path, body)).body;

  return {
    api,
    own,
    organizationId,
    plans,
    subscriptions,
    used,
    now: () => at,
    documents,
    post,
    /** Asks for something; throws unless it was granted. */
    patch: async (path: string, body: unknown) => done(await own.patch(path, body)).body,
    get: async (path: string) => done(await own.get(path)).body,
    meter: (key = 'calls') =>
      post('/v1/meters', { key, name: key, event_type: key, aggregation: 'sum', value_property: 'n' }),
    async plan(plan: StoryPlan): Promise<void> {
      await post('/v1/plans', { name: plan.key, ...plan });
      plans.push(plan);
    },
    async customer(key: string, timeZone = 'UTC', fields: Record<string, unknown> = {}): Promise<void> {
      await post('/v1/customers', { key, name: key, time_zone: timeZone, ...fields });
      zones.set(key, timeZone);
    },
    async subscribe(customer: string, plan: string, startsOn: string, fields: Record<string, unknown> = {}) {
      const { id } = await post('/v1/subscriptions', { customer, plan, starts_on: startsOn, ...fields });
      subscriptions.push(id);
      const path = `/v1/subscriptions/${id}`;
      return {
        change: (body: unknown) => post(`${path}/change`, body),
        cancel: (when: string) => post(`${path}/cancel`, { when }),
        pause: (when = 'now') => post(`${path}/pause`, { when }),
        resume: (when = 'now') => post(`${path}/resume`, { when }),
      };
    },
    /** One event, as it arrives. */
    async use(customer: string, time: string, quantity: string, meter = 'calls'): Promise<void> {
      const event = usageEvent(`e${used.length}`, {
        customer,
        type: meter,
        time: Date.parse(time),
        properties: { n: quantity },
      });
      used.push({ customer, meter, at: Date.parse(time), quantity });
      await feed(organizationId, [event], new Date(time));
    },
    /** Lets time go by; the schedule does what there is to do on the way. */
    async until(instant: string): Promise<void> {
      const end = Date.parse(instant);
      const noon = (day: number) => day * DAY + 12 * HOUR;
      for (let day = Math.floor(at / DAY); noon(day) <= end; day += 1) {
        if (noon(day) <= at) continue;
        await move(noon(day));
        const runs = await scheduleRuns(api.worker, now);
        for (const run of runs) await carryOut(run);
      }
      await move(end);
      const told = await inTransaction(api.worker, selectNow);
      if (told !== end) throw new Error(`the database lives at ${new Date(told).toISOString()}`);
    },
    refreshDrafts: () => refreshDrafts(api.worker, { clock: now, staleAfterMs: 0 }),
    /** All documents, each line of them, as text. */
    books: async (): Promise<string> => (await documents()).map(bookOf).join('\n'),
    stop: () => api.stop(),
  };
}

function done(answer: TestAnswer): TestAnswer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}
