import type { AnswerOf, BodyOf, Call, CallOptions, InputOf, OperationName, QueryInput, Stream } from './call.ts';
import { type List, type ListName, listOf, type PageFor } from './list.ts';

/** What stands in braces, in the order of the path. */
type PathOf<Name extends string> = Name extends `${string}{${string}}${infer Rest}`
  ? [string | number, ...PathOf<Rest>]
  : [];
type After<Name extends string, More extends readonly unknown[]> = [...path: PathOf<Name>, ...More];

export type Act<Name extends OperationName> = (
  ...given: After<Name, [options?: CallOptions]>
) => Promise<AnswerOf<Name>>;
export type Write<Name extends OperationName> = (
  ...given: After<Name, [body: BodyOf<Name>, options?: CallOptions]>
) => Promise<AnswerOf<Name>>;
export type Read<Name extends OperationName> = (
  ...given: After<Name, [query?: QueryInput<Name>, options?: CallOptions]>
) => Promise<AnswerOf<Name>>;
export type ListRead<Name extends ListName> = (
  ...given: After<Name, [query?: QueryInput<Name>, options?: CallOptions]>
) => List<PageFor<Name>>;
export type Streamed<Name extends OperationName> = (
  ...given: After<Name, [query?: QueryInput<Name>, options?: CallOptions]>
) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

/** Operations as functions: what stands in the path first, then a body or query, then options. */
export const bind = (call: Call, stream: Stream) => ({
  /** Takes no body. */
  act:
    <Name extends OperationName>(name: Name): Act<Name> =>
    (...given) =>
      call(...inputFrom(name, given, undefined)),
  /** Takes a body. */
  write:
    <Name extends OperationName>(name: Name): Write<Name> =>
    (...given) =>
      call(...inputFrom(name, given, 'body')),
  /** Takes a query. */
  read:
    <Name extends OperationName>(name: Name): Read<Name> =>
    (...given) =>
      call(...inputFrom(name, given, 'query')),
  list:
    <Name extends ListName>(name: Name): ListRead<Name> =>
    (...given) =>
      listOf(call, ...inputFrom(name, given, 'query')),
  streamed:
    <Name extends OperationName>(name: Name): Streamed<Name> =>
    (...given) =>
      stream(...inputFrom(name, given, 'query')),
});

function inputFrom<Name extends OperationName>(
  name: Name,
  given: readonly unknown[],
  part: 'body' | 'query' | undefined,
): [Name, InputOf<Name>, CallOptions | undefined] {
  const names = [...name.matchAll(/\{(\w+)\}/g)].map(([, placeholder]) => placeholder as string);
  const path = Object.fromEntries(names.map((placeholder, at) => [placeholder, given[at]]));
  const [first, second] = given.slice(names.length);
  const input = { path, ...(part !== undefined && first !== undefined && { [part]: first }) };
  return [name, input as unknown as InputOf<Name>, (part === undefined ? first : second) as CallOptions | undefined];
}
