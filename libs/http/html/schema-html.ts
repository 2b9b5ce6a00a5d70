import { escapeHtml, withCode } from './escape-html.ts';
import { type JsonSchema, nameOfRef, type OpenApiDocument, resolved } from './open-api-document.ts';

const MAX_VALUES = 12;

/** The fields of a schema as nested lists. What is shared is linked, and written out under its name. */
export function schemaHtml(schema: JsonSchema, document: OpenApiDocument): string {
  if (schema.$ref !== undefined) return `<p>${refLink(schema.$ref)}</p>`;
  const fields = fieldsHtml(schema, document);
  const isChoice = (schema.anyOf ?? schema.oneOf) !== undefined;
  return `${isChoice && fields !== '' ? `<p>${typeText(schema)}</p>` : ''}${schema.description ? `<p class="soft">${withCode(schema.description)}</p>` : ''}${fields === '' ? `<p>${typeText(schema)}</p>` : fields}`;
}

function fieldsHtml(schema: JsonSchema, document: OpenApiDocument): string {
  if (schema.$ref !== undefined) return '';
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) {
    const inside = choices.filter((one) => one.$ref === undefined && fieldsHtml(one, document) !== '');
    if (inside.length === 0) return '';
    return `<ul class="fields">${inside.map((one) => `<li><details><summary class="type">${titleOf(one)}</summary>${fieldsHtml(one, document)}</details></li>`).join('')}</ul>`;
  }
  if (schema.type === 'array' && schema.items) return fieldsHtml(schema.items, document);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => fieldHtml(name, field, schema, document));
  if (typeof schema.additionalProperties === 'object' && Object.keys(schema.additionalProperties).length > 0)
    rows.push(fieldHtml('{any key}', schema.additionalProperties, schema, document));
  return rows.length === 0 ? '' : `<ul class="fields">${rows.join('')}</ul>`;
}

function fieldHtml(name: string, field: JsonSchema, parent: JsonSchema, document: OpenApiDocument): string {
  const need = parent.required?.includes(name) ? ' <span class="need">required</span>' : '';
  const words = field.description ?? (field.$ref === undefined ? undefined : resolved(field, document).description);
  const head = `<code>${escapeHtml(name)}</code> <span class="type">${typeText(field)}</span>${need}${words ? ` <span class="soft">${withCode(words)}</span>` : ''}`;
  const inside = fieldsHtml(field, document);
  return inside === '' ? `<li>${head}</li>` : `<li><details><summary>${head}</summary>${inside}</details></li>`;
}

/** Of several forms: by what tells them apart. */
function titleOf(schema: JsonSchema): string {
  const told = Object.entries(schema.properties ?? {}).find(([, { const: value }]) => value !== undefined);
  if (told) return `${escapeHtml(told[0])} = <code>${escapeHtml(String(told[1].const))}</code>`;
  return schema.title ? escapeHtml(schema.title) : typeText(schema);
}

/** What a value is, in few words; HTML. */
export function typeText(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return refLink(schema.$ref);
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`;
  if (schema.enum) return valuesText(schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(typeText))].join(' or ');
  if (schema.type === 'array') return `array of ${schema.items ? typeText(schema.items) : 'anything'}`;
  const base = [schema.type ?? 'anything'].flat().join(' or ');
  const fallback =
    schema.default === undefined ? '' : `, default <code>${escapeHtml(JSON.stringify(schema.default))}</code>`;
  return `${base}${schema.format ? ` (${escapeHtml(schema.format)})` : ''}${fallback}`;
}

function valuesText(values: readonly unknown[]): string {
  const shown = values.slice(0, MAX_VALUES).map((value) => `<code>${escapeHtml(JSON.stringify(value))}</code>`);
  return `${shown.join(' | ')}${values.length > MAX_VALUES ? ` and ${values.length - MAX_VALUES} more` : ''}`;
}

const refLink = (ref: string): string =>
  `<a href="#schema-${escapeHtml(nameOfRef(ref))}">${escapeHtml(nameOfRef(ref))}</a>`;
