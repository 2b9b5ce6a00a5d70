import { type JsonSchema, type OpenApiDocument, resolved } from './open-api-document.ts';

const DEEPEST = 6;
const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2026-10-01',
  'date-time': '2026-10-01T00:00:00Z',
  uuid: '018f3a52-7c1e-7a10-8b54-2f1c3d4e5f60',
  email: 'billing@acme.example',
  uri: 'https://acme.example',
};

/** A value that a schema may take: what is required, as plain as it can be. Pure. */
export function exampleOf(schema: JsonSchema, document: OpenApiDocument, depth = 0): unknown {
  const own = resolved(schema, document);
  if (own.example !== undefined) return own.example;
  if (own.const !== undefined) return own.const;
  if (own.enum) return own.enum[0];
  const choices = own.anyOf ?? own.oneOf;
  if (choices?.[0]) return exampleOf(choices[0], document, depth);
  if (own.allOf?.[0]) return exampleOf(own.allOf[0], document, depth);
  switch ([own.type].flat()[0]) {
    case 'object':
      return depth > DEEPEST
        ? {}
        : Object.fromEntries(
            Object.entries(own.properties ?? {})
              .filter(([name]) => own.required?.includes(name))
              .map(([name, field]) => [name, exampleOf(field, document, depth + 1)]),
          );
    case 'array':
      return own.items && depth <= DEEPEST ? [exampleOf(own.items, document, depth + 1)] : [];
    case 'integer':
    case 'number':
      return own.minimum !== undefined && own.minimum > 1 ? own.minimum : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
      return BY_FORMAT[own.format ?? ''] ?? (own.pattern?.includes('\\d') ? '10' : 'text');
    default:
      return own.default ?? {};
  }
}
