import type { AnswerOf, Call, CallOptions, InputOf, OperationName } from './call.ts';

/** A list that is read page by page as far as it is looked at. */
export interface List<Page extends PageOf<unknown>> extends AsyncIterable<Page['data'][number]> {
  /** One page: the first, or the one that the query's cursor names. */
  page(): Promise<Page>;
  pages(): AsyncGenerator<Page, void, void>;
  /** All items, at most that many. */
  toArray(limit?: number): Promise<Page['data'][number][]>;
}

interface PageOf<Item> {
  readonly data: readonly Item[];
  readonly next_cursor?: string | null;
}

/** Operations whose answer is a list. */
export type ListName = {
  [Name in OperationName]: AnswerOf<Name> extends PageOf<unknown>
    ? Name extends `GET ${string}`
      ? Name
      : never
    : never;
}[OperationName];

export type PageFor<Name extends ListName> = Extract<AnswerOf<Name>, PageOf<unknown>>;

/** The list that an operation answers. Nothing is asked before it is looked at. */
export function listOf<Name extends ListName>(
  call: Call,
  name: Name,
  input: InputOf<Name>,
  options?: CallOptions,
): List<PageFor<Name>> {
  type Page = PageFor<Name>;
  const query = input.query as Readonly<Record<string, unknown>> | undefined;
  // The list of changes goes on for ever: its cursor stays what it is when nothing is new.
  const parameter = name === 'GET /v1/changes' ? 'after' : 'cursor';
  const page = async (cursor?: string): Promise<Page> => {
    const own = cursor === undefined ? input : { ...input, query: { ...query, [parameter]: cursor } };
    return (await call(name, own as InputOf<Name>, options)) as Page;
  };
  async function* pages(): AsyncGenerator<Page, void, void> {
    for (let cursor: string | undefined; ; ) {
      const read = await page(cursor);
      yield read;
      const next = (read as PageOf<unknown>).next_cursor ?? undefined;
      if (next === undefined || next === cursor || read.data.length === 0) return;
      cursor = next;
    }
  }
  async function* items(): AsyncGenerator<Page['data'][number], void, void> {
    for await (const { data } of pages()) yield* data;
  }
  return {
    page: () => page(),
    pages,
    async toArray(limit = Number.POSITIVE_INFINITY) {
      const all: Page['data'][number][] = [];
      if (limit <= 0) return all;
      for await (const item of items()) if (all.push(item) >= limit) break;
      return all;
    },
    [Symbol.asyncIterator]: items,
  };
}
