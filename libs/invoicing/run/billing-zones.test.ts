import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startOfLocalDay } from '#libs/catalog/billing-period.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { eventText, hashOf } from '#libs/events/record.ts';
import { bill } from '#tests/support/billing.ts';
import { billingDatabase } from '#tests/support/billing-database.ts';
import { createFeed, type Feed, usageEvent } from '#tests/support/metering.ts';

/* Months that begin within an hour of UTC, billed from the first event to the invoice, against a count by hand. */

const { owner, worker, fixture } = await billingDatabase();
let feed: Feed;
beforeAll(async () => {
  feed = await createFeed(worker);
});

const MINUTE = 60_000;
const nearBorder = fc.oneof(
  fc.constantFrom(-1, 0, 1),
  fc.integer({ min: -90 * MINUTE, max: 90 * MINUTE }),
  fc.integer({ min: -100, max: 100 }).map((quarters) => quarters * 15 * MINUTE),
);

test.each(['Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns', 'Europe/Berlin'])(
  'a month in %s bills exactly the events between its local midnights',
  async (timeZone) => {
    const [from, to] = [startOfLocalDay('2025-03-01', timeZone), startOfLocalDay('2025-04-01', timeZone)];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(from, to), nearBorder, fc.constantFrom('child', 'one')), {
          minLength: 1,
          maxLength: 20,
        }),
        async (drawn) => {
          const organizationId = await fixture.organization();
          const meterId = await fixture.meter(organizationId);
          // Made outside the API: the meters of the aggregator are read again only when the catalogue moved.
          await inTransaction(owner, (tx) => tx.query('UPDATE catalog_version SET version = version + 1'));
          await fixture.simpleCustomer(
            organizationId,
            'one',
            await fixture.simplePlan(organizationId, meterId),
            timeZone,
          );
          await owner.query('INSERT INTO customer_aliases VALUES ($1, $2, $3)', [organizationId, 'child', 'one']);
          const events = drawn.map(([border, distance, customer], n) =>
            usageEvent(`e${n}`, {
              type: 'calls',
              customer,
              subscription: n % 5 === 4 ? 'another subscription' : '',
              time: border + distance,
            }),
          );
          await feed(organizationId, events, new Date('2025-04-02T00:00:00Z'));
          expect(await bill(owner, worker, organizationId)).toMatchObject({ invoicesCreated: 1 });
          const [{ document }] = await fixture.documents(organizationId);
          const line = document.lines.find((one: { kind: string }) => one.kind === 'usage');
          const own = events.filter(({ time, subscription }) => time >= from && time < to && subscription === '');
          const digest = own.reduce(
            (sum, one) => (sum + BigInt(`0x${hashOf(eventText(organizationId, one))}`)) % 2n ** 256n,
            0n,
          );
          expect(line).toMatchObject({
            service_from: new Date(from).toISOString().replace('.000Z', 'Z'),
            service_to: new Date(to).toISOString().replace('.000Z', 'Z'),
            quantity: String(own.length),
            evidence: { event_count: String(own.length), digest: digest.toString() },
          });
        },
      ),
      { numRuns: 6 },
    );
  },
);
