import { z } from 'zod';
import { selectClock } from '#libs/catalog/clock/select-clock.ts';
import { instantSchema } from '#libs/catalog/fields.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { FRESH_MS } from '#libs/http/create-memory.ts';
import { ApiError, invalidField } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { type AdvancedClock, advanceClock } from '#libs/invoicing/run/advance-clock.ts';
import { selectOpenRunIds } from '#libs/invoicing/store/select-open-run-ids.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { idSchema, timeSchema } from '../fields.ts';
import { tellCreated } from '../start-billing-run.ts';

const clockAnswer = z.object({
  now: timeSchema.describe('What time it is for the organization; it ticks on'),
  offset_seconds: z.int().describe('Ahead of the real time; 0 until it is moved'),
  status: z
    .enum(['ready', 'advancing'])
    .describe('advancing: billing runs are queued or at work. Wait for ready before the clock is moved again'),
  billing_runs: z.array(idSchema).describe('Those runs'),
});

type Clock = z.infer<typeof clockAnswer>;

const present = (now: number, offsetSeconds: number, runs: readonly string[]): Clock => ({
  now: new Date(now).toISOString(),
  offset_seconds: offsetSeconds,
  status: runs.length > 0 ? 'advancing' : 'ready',
  billing_runs: [...runs],
});

/** A timer can come a little early. */
const SLACK_MS = 50;

export function testClockRoutes({ pool, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/test-clock',
      scope: 'read',
      summary: 'What time it is for the organization, and whether what was due by then is done',
      response: clockAnswer,
      handler: ({ organizationId }) =>
        inOrganization(pool, organizationId, async (tx) => {
          const clock = await selectClock(tx, organizationId);
          if (clock === null) throw refusal({ status: 'not_found' });
          return {
            body: present(clock.now, clock.offsetSeconds, await selectOpenRunIds(tx, organizationId)),
          };
        }),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/test-clock/advance',
      scope: 'admin',
      summary: 'Move the clock of a test organization forward, and bill what is due by then',
      body: z.strictObject({ to: instantSchema.describe('Ahead of its time; at most 5 years at once and 20 in all') }),
      response: clockAnswer,
      // Every process asks by the new time once it is answered.
      answersAfterMs: FRESH_MS + SLACK_MS,
      async handler({ organizationId, body: { to } }) {
        const body = await inOrganization(pool, organizationId, async (tx) => {
          const advanced = await advanceClock(tx, organizationId, to, now);
          if (advanced.status !== 'advanced') throw refusal(advanced);
          const ids = advanced.runs.map(({ id }) => id);
          const clock = present(advanced.now, advanced.offsetSeconds, ids);
          await insertOutbox(tx, {
            organizationId,
            type: 'test_clock.advanced',
            subject: String(organizationId),
            data: clock,
          });
          for (const run of advanced.runs) await tellCreated(tx, run);
          return clock;
        });
        return { body };
      },
    }),
  ];
}

function refusal(refused: Exclude<AdvancedClock, { readonly status: 'advanced' }>): ApiError {
  switch (refused.status) {
    case 'not_found':
      return new ApiError('unauthenticated', 'The organization of this API key was deleted.');
    case 'live':
      return new ApiError(
        'organization_live',
        'A live organization has no clock but the real one. Make a test organization: POST /v1/organizations with "mode": "test".',
      );
    case 'busy':
      return new ApiError(
        'test_clock_advancing',
        `Billing runs are not at their end: ${refused.runs.join(', ')}. Wait until GET /v1/test-clock says "ready"; what a run waits for stands on it, and it can be canceled.`,
      );
    case 'not_ahead':
      return invalidField('/to', `must lie after ${new Date(refused.now).toISOString()}: the clock only moves forward`);
    case 'too_far':
      return invalidField(
        '/to',
        `must not lie after ${new Date(refused.furthest).toISOString()}: at most 5 years at once, and 20 in all`,
      );
  }
}
