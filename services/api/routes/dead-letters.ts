import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { replayDeadLetters } from '#libs/metering/dead-letters/replay-dead-letters.ts';
import type { StoredDeadLetter } from '#libs/metering/store/dead-letter-row.ts';
import { listDeadLetters } from '#libs/metering/store/list-dead-letters.ts';
import { selectDeadLetters } from '#libs/metering/store/select-dead-letters.ts';
import { selectOpenLetterIds } from '#libs/metering/store/select-open-letter-ids.ts';
import { updateDiscarded } from '#libs/metering/store/update-discarded.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { idSchema, timeSchema, uuidParams } from '../fields.ts';

const MOST_AT_ONCE = 1000;

const letterAnswer = z.object({
  id: idSchema,
  reason: z
    .string()
    .describe('undecodable, unknown_version, malformed, unreadable_value, too_old_to_dedupe or refused'),
  detail: z.string(),
  received_at: timeSchema,
  event_time: timeSchema.nullable().describe('When the usage happened; null: it cannot be read'),
  log: z.object({ epoch: z.int(), partition: z.int(), offset: z.string() }),
  record: z.string().describe('As it lies in the log'),
  encoding: z.enum(['utf-8', 'base64']).describe('base64: the record is no UTF-8'),
  replayed_at: timeSchema.nullable(),
  discarded_at: timeSchema.nullable(),
});

const present = (letter: StoredDeadLetter): z.infer<typeof letterAnswer> => {
  const encoding = isUtf8(letter.record) ? 'utf-8' : 'base64';
  return {
    id: letter.id,
    reason: letter.reason,
    detail: letter.detail,
    received_at: letter.receivedAt.toISOString(),
    event_time: letter.eventTime?.toISOString() ?? null,
    log: { epoch: letter.epoch, partition: letter.partition, offset: letter.offset },
    record: letter.record.toString(encoding),
    encoding,
    replayed_at: letter.replayedAt?.toISOString() ?? null,
    discarded_at: letter.discardedAt?.toISOString() ?? null,
  };
};

const reasonSchema = z.string().min(1).max(64).regex(/^\w+$/);
const positionSchema = z.tuple([z.iso.datetime(), z.uuid()]);

const chosenBody = z
  .strictObject({
    ids: z.array(idSchema).min(1).max(MOST_AT_ONCE).optional(),
    reason: reasonSchema.optional().describe(`The oldest ${MOST_AT_ONCE} of that reason that are open`),
  })
  .superRefine(({ ids, reason }, context) => {
    if ((ids === undefined) === (reason === undefined))
      context.addIssue({ code: 'custom', path: ['ids'], message: 'name either ids or a reason' });
  });

const replayAnswer = z.object({
  results: z.array(
    z.object({
      id: idSchema,
      status: z
        .enum(['replayed', 'replayed_before', 'unavailable', 'not_found'])
        .describe('unavailable: the log did not confirm; replay it again, nothing counts twice'),
    }),
  ),
  more: z.boolean().describe('There may be more of that reason: ask again'),
});

const discardAnswer = z.object({
  discarded: z.int().describe('How many were open until now'),
  more: z.boolean().describe('There may be more of that reason: ask again'),
});

export function deadLetterRoutes({ pool, log }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/dead-letters',
      scope: 'read',
      summary: 'Records that could not be counted, newest first',
      query: z.strictObject({ ...pageQuery, reason: reasonSchema.optional() }),
      response: pageSchema(letterAnswer),
      async handler({ organizationId, query: { limit, cursor, reason = null } }) {
        const position = decodeCursor(cursor, positionSchema);
        const after = position ? { receivedAt: new Date(position[0]), id: position[1] } : null;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listDeadLetters(tx, { organizationId, reason, after, limit: limit + 1 }),
        );
        return { body: pageOf(rows, limit, present, (row) => [row.receivedAt.toISOString(), row.id]) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/dead-letters/{id}',
      scope: 'read',
      summary: 'One record that could not be counted',
      params: uuidParams,
      response: letterAnswer,
      async handler({ organizationId, params: { id } }) {
        const found = await inOrganization(pool, organizationId, (tx) => selectDeadLetters(tx, organizationId, [id]));
        const letter = found.get(id);
        if (!letter) throw new ApiError('not_found', `There is no dead letter ${id}.`);
        return { body: present(letter) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/dead-letters/replay',
      scope: 'write',
      summary: 'Put dead letters into the log again; what is still wrong with them becomes a new dead letter',
      body: chosenBody,
      response: replayAnswer,
      async handler({ organizationId, body: { ids, reason } }) {
        const wanted =
          ids ??
          (await inOrganization(pool, organizationId, (tx) =>
            selectOpenLetterIds(tx, organizationId, reason as string, MOST_AT_ONCE),
          ));
        const results = await replayDeadLetters({ pool, log }, organizationId, [...new Set(wanted)]);
        return { body: { results, more: ids === undefined && results.length === MOST_AT_ONCE } };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/dead-letters/discard',
      scope: 'write',
      summary: 'Give dead letters up: they stay to be looked at, and no billing run waits for them',
      body: chosenBody,
      response: discardAnswer,
      async handler({ organizationId, body: { ids, reason } }) {
        const discarded = await inOrganization(pool, organizationId, async (tx) => {
          const wanted = ids ?? (await selectOpenLetterIds(tx, organizationId, reason as string, MOST_AT_ONCE));
          return updateDiscarded(tx, organizationId, wanted);
        });
        return { body: { discarded, more: ids === undefined && discarded === MOST_AT_ONCE } };
      },
    }),
  ];
}
