export type Json = Readonly<Record<string, unknown>>;

/** Words of JSON Schema that limit values in ways that no TypeScript type can say. */
const SAYS_NOTHING = new Set([
  'default',
  'description',
  'example',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'pattern',
  'title',
  'uniqueItems',
]);
const SAYS_SOMETHING = new Set([
  '$ref',
  'additionalProperties',
  'allOf',
  'anyOf',
  'const',
  'enum',
  'items',
  'oneOf',
  'prefixItems',
  'properties',
  'propertyNames',
  'required',
  'type',
]);
const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** What stands for a schema that has a name of its own; undefined: written out. */
export type Naming = (schema: Json) => string | undefined;

/**
 * A JSON schema (2020-12, as zod and the OpenAPI document write it) as a TypeScript type.
 * @throws Error at a word that it does not know, so that no type tells less than its schema unnoticed
 */
export function typeOfSchema(schema: Json, nameOf: Naming): string {
  return nameOf(schema) ?? writtenOut(schema, nameOf);
}

/** Like typeOfSchema, whether or not the schema itself has a name. */
export function writtenOut(schema: Json, nameOf: Naming): string {
  for (const word of Object.keys(schema))
    if (!SAYS_NOTHING.has(word) && !SAYS_SOMETHING.has(word))
      throw new Error(`a schema says ${word}, which is not known`);
  const inner = (part: unknown): string => typeOfSchema(part as Json, nameOf);
  if (typeof schema.$ref === 'string') return referenceName(schema.$ref);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = (schema.anyOf ?? schema.oneOf) as readonly unknown[] | undefined;
  if (choices) return [...new Set(choices.map(inner))].join(' | ');
  if (Array.isArray(schema.allOf)) return schema.allOf.map((part) => `(${inner(part)})`).join(' & ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => writtenOut({ ...schema, type }, nameOf)).join(' | ');
  if (schema.type === 'array') return arrayType(schema, inner);
  if (schema.type === 'object' || 'properties' in schema) return objectType(schema, inner);
  return PRIMITIVES[String(schema.type)] ?? 'unknown';
}

export const referenceName = (reference: string): string => reference.split('/').at(-1) as string;

function arrayType({ items, prefixItems }: Json, inner: (part: unknown) => string): string {
  if (Array.isArray(prefixItems)) return `readonly [${prefixItems.map(inner).join(', ')}]`;
  return `readonly (${inner(items ?? {})})[]`;
}

function objectType(schema: Json, inner: (part: unknown) => string): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
  const required = new Set((schema.required ?? []) as readonly string[]);
  const more = schema.additionalProperties;
  // Answers may get more fields with time; that is no reason to read any name from them.
  const rest = typeof more === 'object' ? inner(more) : 'unknown';
  if (properties.length === 0) return more === false ? 'Record<string, never>' : `Readonly<Record<string, ${rest}>>`;
  const fields = properties.map(([name, property]) => {
    const description = property.description;
    const comment = typeof description === 'string' ? `/** ${description.replaceAll('*/', '* /')} */\n` : '';
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return `${comment}readonly ${key}${required.has(name) ? '' : '?'}: ${inner(property)};`;
  });
  return `{\n${fields.join('\n')}\n}`;
}
