import { z } from 'zod';
import { ApiError } from './errors.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** Query parameters of every list. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_LIMIT))
    .default(DEFAULT_LIMIT)
    .describe(`How many at most: 1 to ${MAX_LIMIT}`),
  cursor: z.string().max(2000).optional().describe('next_cursor of the page before'),
};

export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable().describe('null: this is the last page') });

/** A cursor says behind which row to go on. Opaque to clients; holds nothing but the row's own sort key. */
export const encodeCursor = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url');

/** @throws ApiError when it is no cursor of this list. Undefined: from the first row. */
export function decodeCursor<Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
): z.output<Schema> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    const detail = 'is not a cursor of this list: send next_cursor of the page before, or leave it out';
    throw new ApiError('invalid_request', `query parameter cursor ${detail}.`, {
      errors: [{ pointer: '/cursor', in: 'query', code: 'invalid_cursor', detail }],
      cause: error,
    });
  }
}

/** A page of rows that were read with one more than `limit`, to know whether there is another page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
  positionOf: (row: Row) => unknown,
): { readonly data: Item[]; readonly next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { data: shown.map(present), next_cursor: rows.length > limit && last ? encodeCursor(positionOf(last)) : null };
}
