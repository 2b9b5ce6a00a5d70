import { z } from 'zod';
import { dateSchema } from '#libs/catalog/fields.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { reconcileOrganization } from '#libs/metering/reconcile/reconcile-organization.ts';
import { unexplainedOfMeters } from '#libs/metering/reconcile/unexplained.ts';
import type { ApiDependencies } from '../dependencies.ts';

const reconciliationQuery = z
  .strictObject({ from: dateSchema, to: dateSchema.describe('Not included') })
  .superRefine(({ from, to }, context) => {
    if (from >= to) context.addIssue({ code: 'custom', path: ['to'], message: 'must be after from' });
  });

const figures = {
  records: z.int().describe('Taken from the log; the sum of the six that follow'),
  counted: z.int().describe('Events that a meter counted'),
  unassigned: z.int().describe('Events that no meter counted; kept'),
  duplicates: z.int().describe('Sent again with the same content'),
  conflicts: z.int().describe('Sent again with other content; the first counts'),
  dead_letters: z.int().describe('Could not be read; kept with the reason'),
  corrections: z.int().describe('Voids and amendments'),
  voided: z.int().describe('Events that a void took back, by the day from which on it counts'),
  unexplained: z.int().describe('What was counted and what is stored do not match by this much; must be 0'),
};

const reconciliationAnswer = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  ...figures,
  days: z.array(
    z.object({
      day: z.iso.date(),
      ...figures,
      stored_events: z.int().nullable().describe('Raw events of the day; null once retention has dropped them'),
    }),
  ),
  meters: z
    .array(
      z.object({
        meter: z.string(),
        version: z.int(),
        hourly: z.int().describe('Events in its hours'),
        counted: z.int().describe('Events counted by it, less those taken back'),
        unread: z.int().describe('Events that it ought to count and cannot read: they were taken before it was made'),
        unexplained: z.int(),
      }),
    )
    .describe('Since each meter exists, whatever the days'),
});

export function reconciliationRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/reconciliation',
      scope: 'read',
      summary: 'What became of every record, by days of arrival (UTC)',
      query: reconciliationQuery,
      response: reconciliationAnswer,
      async handler({ organizationId, query: { from, to } }) {
        const { total, days, meters } = await inOrganization(
          pool,
          organizationId,
          (tx) => reconcileOrganization(tx, organizationId, from, to),
          'REPEATABLE READ READ ONLY',
        );
        const presented = meters.map((meter) => ({
          meter: meter.key,
          version: meter.version,
          hourly: Number(meter.hourly),
          counted: Number(meter.counted),
          unread: Number(meter.unread),
          unexplained: Number(unexplainedOfMeters([meter])),
        }));
        return { body: { from, to, ...total, days, meters: presented } };
      },
    }),
  ];
}
