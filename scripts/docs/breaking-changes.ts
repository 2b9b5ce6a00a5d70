import {
  type JsonSchema,
  type OpenApiDocument,
  type OpenApiOperation,
  resolved,
} from '#libs/http/html/open-api-document.ts';

type Direction = 'request' | 'answer';

interface Both {
  readonly before: OpenApiDocument;
  readonly after: OpenApiDocument;
}

/**
 * What a client written for `before` could stumble over in `after`, one sentence each. A request may be taken more widely and an answer may tell more; an operation, a field or
 * a value that was there must not go, and nothing more may be demanded. Pure.
 */
export function breakingChanges(before: OpenApiDocument, after: OpenApiDocument): string[] {
  return Object.entries(before.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      return now === undefined ? [`${name} was removed`] : compareOperations({ before, after }, name, operation, now);
    }),
  );
}

function compareOperations(both: Both, name: string, was: OpenApiOperation, is: OpenApiOperation): string[] {
  const found: string[] = [];
  if (was.operationId !== is.operationId) found.push(`${name}: its operationId was ${was.operationId}`);
  const known = new Map(was.parameters.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]));
  for (const parameter of is.parameters) {
    const key = `${parameter.in} ${parameter.name}`;
    if (parameter.required && !known.get(key)?.required) found.push(`${name}: parameter ${key} is required now`);
    const before = known.get(key);
    if (before) found.push(...compare(both, `${name}: parameter ${key}`, before.schema, parameter.schema, 'request'));
    known.delete(key);
  }
  for (const key of known.keys()) found.push(`${name}: parameter ${key} was removed`);
  const [bodyWas, bodyIs] = [jsonOf(was.requestBody), jsonOf(is.requestBody)];
  if (is.requestBody && !was.requestBody) found.push(`${name}: a body is required now`);
  if (was.requestBody && !is.requestBody) found.push(`${name}: takes no body any more`);
  if (bodyWas && bodyIs) found.push(...compare(both, `${name}: body`, bodyWas, bodyIs, 'request'));
  for (const [status, response] of Object.entries(was.responses)) {
    const now = is.responses[status];
    if (now === undefined) found.push(`${name}: does not answer ${status} any more`);
    const [before, after] = [jsonOf(response), jsonOf(now)];
    if (before && !after && now) found.push(`${name}: answer ${status} has no JSON any more`);
    if (before && after) found.push(...compare(both, `${name}: answer ${status}`, before, after, 'answer'));
  }
  return found;
}

const jsonOf = (holder: { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> } | undefined) =>
  holder?.content?.['application/json']?.schema;

function compare(both: Both, place: string, was: JsonSchema, is: JsonSchema, direction: Direction): string[] {
  const [before, after] = [resolved(was, both.before), resolved(is, both.after)];
  if (
    JSON.stringify(was) === JSON.stringify(is) &&
    JSON.stringify(before) === JSON.stringify(after) &&
    was.$ref === undefined &&
    !holdsRef(was)
  )
    return [];
  const branchesWas = branchesOf(before, both.before);
  const branchesIs = branchesOf(after, both.after);
  const found: string[] = [];
  // A form that was taken must still be; an answer may not come in a form that there was not.
  const [asked, given] = direction === 'request' ? [branchesWas, branchesIs] : [branchesIs, branchesWas];
  for (const [sign, branch] of asked) {
    const other = given.get(sign);
    if (other === undefined) {
      found.push(direction === 'request' ? `${place}: ${sign} is not taken any more` : `${place}: can be ${sign} now`);
      continue;
    }
    const [old, young] = direction === 'request' ? [branch, other] : [other, branch];
    found.push(...compareBranch(both, place, old, young, direction));
  }
  return found;
}

/** The forms that a value can have, by what tells them apart. */
function branchesOf(schema: JsonSchema, document: OpenApiDocument): Map<string, JsonSchema> {
  const choices = schema.anyOf ?? schema.oneOf;
  const flat = choices
    ? choices.flatMap((one) => [...branchesOf(resolved(one, document), document).values()])
    : [schema];
  const branches = new Map<string, JsonSchema>();
  for (const branch of flat) {
    const sign = signOf(branch);
    let unique = sign;
    for (let number = 2; branches.has(unique); number += 1) unique = `${sign} (${number})`;
    branches.set(unique, branch);
  }
  return branches;
}

function signOf(schema: JsonSchema): string {
  const told = Object.entries(schema.properties ?? {}).filter(([, field]) => field.const !== undefined);
  if (told.length > 0)
    return `{${told.map(([name, { const: value }]) => `${name}: ${JSON.stringify(value)}`).join(', ')}}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type) return [schema.type].flat().join('|');
  // Values of an enum have their type.
  return schema.enum ? typeof schema.enum[0] : 'anything';
}

function compareBranch(both: Both, place: string, was: JsonSchema, is: JsonSchema, direction: Direction): string[] {
  const found = [...compareValues(place, was, is, direction), ...compareFields(both, place, was, is, direction)];
  if (was.items && is.items) found.push(...compare(both, `${place}[]`, was.items, is.items, direction));
  if (typeof was.additionalProperties === 'object' && typeof is.additionalProperties === 'object')
    found.push(...compare(both, `${place}/*`, was.additionalProperties, is.additionalProperties, direction));
  return found;
}

/** What single values may be. Only what is sent can become too narrow: an answer with fewer values surprises nobody. */
function compareValues(place: string, was: JsonSchema, is: JsonSchema, direction: Direction): string[] {
  if (direction === 'answer') return [];
  const found: string[] = [];
  if (is.enum) {
    const gone = (was.enum ?? []).filter((value) => !is.enum?.includes(value));
    if (was.enum === undefined) found.push(`${place}: only takes ${JSON.stringify(is.enum)} now`);
    if (gone.length > 0) found.push(`${place}: does not take ${JSON.stringify(gone)} any more`);
  }
  if (is.pattern !== undefined && is.pattern !== was.pattern) found.push(`${place}: must match ${is.pattern} now`);
  if (is.format !== undefined && is.format !== was.format) found.push(`${place}: must be a ${is.format} now`);
  for (const bound of ['maximum', 'maxLength'] as const)
    if (is[bound] !== undefined && (was[bound] ?? Number.POSITIVE_INFINITY) > is[bound])
      found.push(`${place}: ${bound} is ${is[bound]} now`);
  for (const bound of ['minimum', 'minLength'] as const)
    if (is[bound] !== undefined && (was[bound] ?? Number.NEGATIVE_INFINITY) < is[bound])
      found.push(`${place}: ${bound} is ${is[bound]} now`);
  return found;
}

function compareFields(both: Both, place: string, was: JsonSchema, is: JsonSchema, direction: Direction): string[] {
  const found: string[] = [];
  for (const [name, field] of Object.entries(was.properties ?? {})) {
    const now = is.properties?.[name];
    if (now === undefined) found.push(`${place}/${name} was removed`);
    else found.push(...compare(both, `${place}/${name}`, field, now, direction));
  }
  const [needed, need] = [was.required ?? [], is.required ?? []];
  if (direction === 'request')
    for (const name of need) if (!needed.includes(name)) found.push(`${place}/${name} is required now`);
  if (direction === 'answer')
    for (const name of needed)
      if (!need.includes(name) && is.properties?.[name]) found.push(`${place}/${name} may be missing now`);
  return found;
}

/** Equal words may mean something else behind a reference. */
const holdsRef = (schema: JsonSchema): boolean => JSON.stringify(schema).includes('"$ref"');
