import { z } from 'zod';
import { dateSchema } from '#libs/catalog/fields.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import type { RecordOutcome } from '#libs/metering/store/record-progress.ts';
import { selectRecordCounts } from '#libs/metering/store/select-record-counts.ts';
import type { ApiDependencies } from '../dependencies.ts';

const reconciliationQuery = z
  .strictObject({ from: dateSchema, to: dateSchema.describe('Not included') })
  .superRefine(({ from, to }, context) => {
    if (from >= to) context.addIssue({ code: 'custom', path: ['to'], message: 'must be after from' });
  });

const reconciliationAnswer = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  records: z.int().describe('Taken from the log; the sum of all that follow'),
  counted: z.int().describe('Events that a meter counted'),
  unassigned: z.int().describe('Events that no meter counted; kept'),
  duplicates: z.int().describe('Sent again with the same content'),
  conflicts: z.int().describe('Sent again with other content; the first counts'),
  dead_letters: z.int().describe('Could not be read; kept with the reason'),
  corrections: z.int().describe('Voids and amendments'),
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
        const counts = await inOrganization(pool, organizationId, (tx) =>
          selectRecordCounts(tx, organizationId, from, to),
        );
        const count = (outcome: RecordOutcome) => Number(counts.get(outcome) ?? 0n);
        const outcomes = {
          counted: count('counted'),
          unassigned: count('unassigned'),
          duplicates: count('duplicate'),
          conflicts: count('conflict'),
          dead_letters: count('dead_letter'),
          corrections: count('correction'),
        };
        const records = Object.values(outcomes).reduce((sum, value) => sum + value, 0);
        return { body: { from, to, records, ...outcomes } };
      },
    }),
  ];
}
