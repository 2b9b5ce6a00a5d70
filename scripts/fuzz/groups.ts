/** Operations that are tried together, on an organization of their own. */
export interface Group {
  readonly name: string;
  /** Where the server shows their description. */
  readonly document: string;
  readonly paths: readonly string[];
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** By area: /v1/plans and all below it are `plans`. All operations of both documents are in one group each. */
export function groupsOf(native: Described, compat: Described): Group[] {
  const byArea = Map.groupBy(Object.keys(native.paths), (path) =>
    path.startsWith('/v1/') ? (path.split('/')[2] as string) : 'public',
  );
  const own = [...byArea].map(([name, paths]) => ({ name, document: '/openapi.json', paths }));
  return [...own, { name: 'compat', document: '/compat/openapi.json', paths: Object.keys(compat.paths) }];
}

/** 'GET /v1/plans', and so on, in the order of the documents. */
export const operationsOf = ({ paths }: Described): string[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
