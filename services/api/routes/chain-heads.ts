import { z } from 'zod';
import { inOrganization } from '#libs/database/transaction.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { selectChainHeads } from '#libs/invoicing/store/select-chain-heads.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { timeSchema } from '../fields.ts';
import { headSchema, presentHead } from '../present-head.ts';

const positionSchema = z.tuple([timeSchema, z.string(), z.iso.date(), z.int()]);

export const chainHeadRoutes = ({ pool }: Pick<ApiDependencies, 'pool'>): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/v1/chain-heads',
    scope: 'read',
    summary:
      'Signed ends of the chains of documents, newest first: keep them where nobody who can write to the database reaches them',
    query: z.strictObject(pageQuery),
    response: pageSchema(headSchema),
    async handler({ organizationId, query }) {
      const after = decodeCursor(query.cursor, positionSchema);
      const rows = await inOrganization(pool, organizationId, (tx) =>
        selectChainHeads(tx, organizationId, { after, limit: query.limit + 1 }),
      );
      return {
        body: pageOf(rows, query.limit, presentHead, (head) => [
          head.signed_at,
          head.series,
          head.issue_date,
          head.series_number,
        ]),
      };
    },
  }),
];
