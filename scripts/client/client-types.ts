import { type Json, referenceName, typeOfSchema, writtenOut } from './type-of-schema.ts';

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Json;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
type Content = Readonly<Record<string, { readonly schema: Json }>>;

/** What an OpenAPI document holds, as far as types are made of it. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const HEAD = `/* Made from the OpenAPI document by \`npm run client:types\`. Not to be changed by hand. */
`;
/** A schema written that long more than once gets a name. */
const WORTH_A_NAME = 160;

/**
 * The types of all requests and answers of the API, as TypeScript before formatting: \`Operations\` has one entry per route, and what
 * occurs more than once is written once, named after the field where it occurs first.
 */
export function clientTypes(document: Document): string {
  const operations = Object.entries(document.paths).flatMap(([path, own]) =>
    Object.entries(own).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
  const components = Object.entries(document.components.schemas);
  const names = nameRepeated(
    [...operations].sort(byClosenessToTheirName).flatMap(({ name, operation }) => schemasOf(name, operation)),
    components.map(([name]) => name),
  );
  const nameOf = (schema: Json) => names.get(shapeOf(schema))?.name;
  const named = [...names.values()].map(({ name, schema }) => `export type ${name} = ${writtenOut(schema, nameOf)};\n`);
  const given = components.map(([name, schema]) => `export type ${name} = ${writtenOut(schema, nameOf)};\n`);
  const entries = operations.map(({ name, operation }) => operationType(name, operation, nameOf));
  return [
    HEAD,
    'export type Bytes = Uint8Array<ArrayBuffer>;\n',
    ...given,
    ...named,
    `export interface Operations {\n${entries.join('\n')}\n}\n`,
  ].join('\n');
}

/** GET /v1/invoices/{id} shows best what an invoice is; what it is called there it is called everywhere. */
function byClosenessToTheirName(
  { name: a }: { readonly name: string },
  { name: b }: { readonly name: string },
): number {
  const distance = (name: string) => (name.startsWith('GET ') ? (name.endsWith('}') ? 0 : 1) : 2) * 1000 + name.length;
  return distance(a) - distance(b) || (a < b ? -1 : 1);
}

function operationType(name: string, operation: Operation, nameOf: (schema: Json) => string | undefined): string {
  const group = (place: string): string => {
    const own = (operation.parameters ?? []).filter((parameter) => parameter.in === place);
    if (own.length === 0) return 'undefined';
    const properties = Object.fromEntries(
      own.map(({ name, schema, description }) => [
        name,
        description === undefined ? schema : { ...schema, description },
      ]),
    );
    const required = own.filter((parameter) => parameter.required).map((parameter) => parameter.name);
    return writtenOut({ type: 'object', properties, required }, nameOf);
  };
  const body = jsonOf(operation.requestBody?.content);
  return `/** ${operation.summary} */
${JSON.stringify(name)}: {
  readonly path: ${group('path')};
  readonly query: ${group('query')};
  readonly body: ${operation.requestBody === undefined ? 'undefined' : body ? typeOfSchema(body, nameOf) : 'unknown'};
  readonly answer: ${answerOf(operation, nameOf)};
};`;
}

function answerOf({ responses }: Operation, nameOf: (schema: Json) => string | undefined): string {
  const content = successOf(responses)?.content;
  if (content === undefined) return 'undefined';
  const json = jsonOf(content);
  return json ? typeOfSchema(json, nameOf) : 'Bytes';
}

const successOf = (responses: Operation['responses']) =>
  Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
const jsonOf = (content: Content | undefined): Json | undefined => content?.['application/json']?.schema;

function schemasOf(name: string, operation: Operation): Hinted[] {
  const subject = singular(name.split('/').findLast((part) => !part.startsWith('{')) as string);
  const body = jsonOf(operation.requestBody?.content);
  const answer = jsonOf(successOf(operation.responses)?.content);
  return [
    ...(answer ? [{ schema: answer, hint: `${pascalCase(subject)}${isPage(answer) ? PAGE : ''}` }] : []),
    ...(body ? [{ schema: body, hint: `${pascalCase(subject)}${INPUT}`, isInput: true }] : []),
  ];
}

const PAGE = 'Page';
const INPUT = 'Input';
const isPage = ({ properties }: Json): boolean => 'data' in ((properties ?? {}) as Json);

interface Hinted {
  readonly schema: Json;
  /** A name for it, should it need one. */
  readonly hint: string;
  /** Part of a request: what may be left out there is told in answers. */
  readonly isInput?: boolean;
}

/** Schemas that differ only in what no type tells are one. */
const shapeOf = (schema: Json): string => writtenOut(schema, () => undefined).replaceAll(/\/\*\* .*? \*\/\n/g, '');

function nameRepeated(
  roots: readonly Hinted[],
  taken: readonly string[],
): Map<string, { readonly name: string; readonly schema: Json }> {
  const seen = new Map<string, Hinted & { readonly isWhole: boolean; readonly count: number }>();
  const look = ({ schema, hint, isInput = false }: Hinted, isWhole = false): void => {
    const shape = shapeOf(schema);
    const before = seen.get(shape);
    const first = before && (before.isWhole || !isWhole) ? before : { schema, hint, isInput, isWhole };
    seen.set(shape, { ...first, count: (before?.count ?? 0) + 1 });
    // What lies in a schema that gets a name is written with it.
    if (before && isWorthAName(schema, shape)) return;
    for (const part of partsOf(schema, hint)) look({ ...part, isInput });
  };
  for (const root of roots) look(root, true);
  const used = new Set(['Operations', 'Bytes', ...taken.map(referenceName)]);
  const names = new Map<string, { readonly name: string; readonly schema: Json }>();
  // What a route answers has the better right to a name than a field that is called alike.
  const ranked = [...seen].sort(([, a], [, b]) => Number(b.isWhole) - Number(a.isWhole));
  for (const [shape, { schema, hint, isInput, count }] of ranked) {
    if (count < 2 || !isWorthAName(schema, shape)) continue;
    const wanted = isInput && used.has(hint) && !hint.endsWith(INPUT) ? `${hint}${INPUT}` : hint;
    names.set(shape, { name: freeName(wanted, used), schema });
  }
  return names;
}

const isWorthAName = (schema: Json, shape: string): boolean => shape.length >= WORTH_A_NAME && isNameable(schema);

/** Objects and choices between them. Lists and "or null" read better where they stand, around a name. */
const isNameable = (schema: Json): boolean => {
  const choices = (schema.anyOf ?? schema.oneOf) as readonly Json[] | undefined;
  return choices ? choices.every(isNameable) : schema.type === 'object';
};

function partsOf(schema: Json, hint: string): Hinted[] {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
  const choices = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((word) => (schema[word] ?? []) as readonly Json[]);
  const inner = [schema.items, schema.additionalProperties].filter((part) => typeof part === 'object') as Json[];
  return [
    ...properties.map(([name, part]) => ({
      schema: part,
      hint: name === 'data' ? hint.replace(PAGE, '') : pascalCase(name),
    })),
    ...choices.map((part) => ({ schema: part, hint: `${kindOf(part)}${hint}` })),
    ...inner.map((part) => ({ schema: part, hint: singular(hint) })),
  ];
}

/** Of one of several forms: what tells it apart, as `PercentagePrice` is the one whose model is "percentage". */
function kindOf(schema: Json): string {
  const constants = Object.values((schema.properties ?? {}) as Record<string, Json>).map((part) => part.const);
  const told = constants.find((value) => typeof value === 'string');
  return told === undefined ? '' : pascalCase(told as string);
}

const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/(?<=[^s])s$/, '');

const pascalCase = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

function freeName(wanted: string, used: Set<string>): string {
  let name = wanted;
  for (let count = 2; used.has(name); count++) name = `${wanted}${count}`;
  used.add(name);
  return name;
}
