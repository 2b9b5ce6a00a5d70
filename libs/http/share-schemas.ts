type Json = Readonly<Record<string, unknown>>;

/** Shorter ones stay where they are: a reference reads worse. */
const WORTH_SHARING = 400;
/** Values, not schemas. */
const DATA = new Set(['default', 'const', 'enum', 'example', 'examples']);

/**
 * A description in which schemas that are equal stand once, under components/schemas, named by where they are first met. Pure; the same input gives the same
 * names.
 */
export function shareSchemas(document: Json): Json {
  const counts = new Map<string, number>();
  count(document.paths, counts);
  const shared = new Map<string, { readonly name: string; body: unknown }>();
  const components = document.components as Json;
  const taken = new Set(Object.keys(components.schemas as Json));
  const replace = (node: unknown, hint: readonly string[]): unknown => {
    if (Array.isArray(node)) return node.map((item) => replace(item, hint));
    if (typeof node !== 'object' || node === null) return node;
    const text = isWorth(node) ? JSON.stringify(node) : '';
    if ((counts.get(text) ?? 0) < 2) return replaceInside(node as Json, hint);
    const known = shared.get(text);
    if (known) return { $ref: `#/components/schemas/${known.name}` };
    const entry = { name: freeName(hint, taken), body: undefined as unknown };
    shared.set(text, entry);
    entry.body = replaceInside(node as Json, hint);
    return { $ref: `#/components/schemas/${entry.name}` };
  };
  const replaceInside = (node: Json, hint: readonly string[]): Json =>
    Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, DATA.has(key) ? value : replace(value, [...hint, key])]),
    );
  const paths = replace(document.paths, []);
  const schemas = { ...(components.schemas as Json) };
  for (const { name, body } of [...shared.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) schemas[name] = body;
  return { ...document, paths, components: { ...components, schemas } };
}

/** What lies within an equal schema is counted once. */
function count(node: unknown, counts: Map<string, number>): void {
  if (Array.isArray(node)) {
    for (const item of node) count(item, counts);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  if (isWorth(node)) {
    const text = JSON.stringify(node);
    const seen = counts.get(text) ?? 0;
    counts.set(text, seen + 1);
    if (seen > 0) return;
  }
  for (const [key, value] of Object.entries(node)) if (!DATA.has(key)) count(value, counts);
}

const isWorth = (node: object): boolean =>
  ('type' in node || 'anyOf' in node || 'oneOf' in node) &&
  ('properties' in node || 'items' in node || 'anyOf' in node || 'oneOf' in node) &&
  JSON.stringify(node).length >= WORTH_SHARING &&
  // "array of Line" says more than "Lines", so what a list holds is shared and not the list.
  !('items' in node && typeof node.items === 'object' && node.items !== null && isWorth(node.items));

const STRUCTURE = new Set([
  'schema',
  'content',
  'application/json',
  'properties',
  'items',
  'anyOf',
  'oneOf',
  'allOf',
  'responses',
  'requestBody',
  'parameters',
  'additionalProperties',
  'propertyNames',
]);

const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/(?<=[^s])s$/, '');

/** By the field that holds it, else by its path: ['/v1/plans', 'post', …, 'price'] → Price, and of a list by one of it. */
function freeName(hint: readonly string[], taken: Set<string>): string {
  const [path = '', method = ''] = hint;
  const field = hint
    .slice(2)
    .filter((part) => part !== 'data' && !STRUCTURE.has(part) && !/^\d+$/.test(part))
    .at(-1);
  const words = (
    field ??
    `${path.replace(/^\/v1/, '')} ${method === 'get' ? '' : method} ${hint.includes('requestBody') ? 'request' : ''}`
  ).split(/[^A-Za-z0-9]+/);
  const isOfList = hint.findLast((part) => part === 'items' || part === field) === 'items';
  const plural = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  const base = isOfList ? singular(plural) : plural;
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}${number}`;
  taken.add(name);
  return name;
}
