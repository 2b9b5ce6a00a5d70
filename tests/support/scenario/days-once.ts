import { expect } from '@jest/globals';
import { dateAt, daysLater, periodOf } from './days.ts';
import type { PlanCharge, Story } from './story.ts';
import { anchorOf, chargeOf, intervalOf, type Told, tellSubscriptions, termsOn } from './terms.ts';

interface BilledRow {
  readonly charge_key: string;
  readonly service_from: Date;
  readonly service_to: Date;
}

/** Every day of every charge that was to be billed by now stands on exactly one live unit, and no other day on any. */
export async function daysOnce(story: Story): Promise<void> {
  for (const told of await tellSubscriptions(story)) {
    const { rows } = await story.api.owner.query<BilledRow>(
      'SELECT charge_key, service_from, service_to FROM billed_units WHERE organization_id = $1 AND subscription_id = $2',
      [story.organizationId, told.id],
    );
    const keys = new Set(story.plans.flatMap(({ charges }) => charges.map(({ key }) => key)));
    for (const key of keys) {
      const spans = rows
        .filter((row) => row.charge_key === key)
        .map((row) => [row.service_from, row.service_to].map((at) => dateAt(at.getTime(), told.time_zone)));
      dailyOnce(story, told, key, spans as [string, string][]);
    }
  }
}

function dailyOnce(story: Story, told: Told, key: string, spans: readonly (readonly [string, string])[]): void {
  // The schedule looked at noon of the last day at the latest; so long ago, less a day, everything was its turn.
  const settled = daysLater(dateAt(story.now(), told.time_zone), -1);
  const last =
    spans
      .map(([, to]) => to)
      .sort()
      .at(-1) ?? settled;
  const until = [last, settled].sort()[1] as string;
  for (let date = told.starts_on; date < until; date = daysLater(date, 1)) {
    const times = spans.filter(([from, to]) => from <= date && date < to).length;
    const charge = chargedOn(story, told, key, date);
    if (charge === undefined) expect([told.customer, key, date, times]).toEqual([told.customer, key, date, 0]);
    else if (charge.billing === 'once' || !isOver(story, told, charge, date, settled)) expect(times).toBeLessThan(2);
    else expect([told.customer, key, date, times]).toEqual([told.customer, key, date, 1]);
  }
}

/** The charge, on a day on which it costs something. */
function chargedOn(story: Story, told: Told, key: string, date: string): PlanCharge | undefined {
  if (told.ends_on !== null && date >= told.ends_on) return undefined;
  const terms = termsOn(story.plans, told, date);
  const charge = chargeOf(terms, key);
  if (charge === undefined || terms.paused) return undefined;
  const isFree = charge.meter === undefined || told.trial_usage === 'free';
  return told.trial_ends_on !== null && date < told.trial_ends_on && isFree ? undefined : charge;
}

function isOver(story: Story, told: Told, charge: PlanCharge, date: string, settled: string): boolean {
  const terms = termsOn(story.plans, told, date);
  const { from, to } = periodOf(date, intervalOf(terms, charge), anchorOf(told));
  const begins = [from, told.starts_on].sort()[1] as string;
  return (charge.billing === 'in_advance' ? begins : to) <= settled;
}
