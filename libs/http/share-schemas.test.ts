import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shareSchemas } from './share-schemas.ts';

type Json = Record<string, unknown>;

/** Writes every reference out again. */
function spread(node: unknown, schemas: Json): unknown {
  if (Array.isArray(node)) return node.map((item) => spread(item, schemas));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref } = node as { $ref?: string };
  if ($ref?.startsWith('#/components/schemas/')) return spread(schemas[$ref.split('/')[3] as string], schemas);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, spread(value, schemas)]));
}

const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom<Json>({ type: 'string', description: 'x'.repeat(500) }, { type: 'integer' }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('price', 'amount', 'key'), tie('schema')),
      description: fc.constantFrom('a'.repeat(400), 'b'),
    }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
  ) as fc.Arbitrary<Json>,
}));

test('what is said stays the same, and no equal large schema is written twice', () => {
  fc.assert(
    fc.property(fc.array(schema, { maxLength: 5 }), (all) => {
      const paths = Object.fromEntries(
        all.map((one, index) => [
          `/v1/things/${index}`,
          { post: { requestBody: { content: { 'application/json': { schema: one } } } } },
        ]),
      );
      const document = shareSchemas({ paths, components: { schemas: {} } });
      const { schemas } = document.components as { schemas: Json };
      expect(spread(document.paths, schemas)).toEqual(paths);
      const bodies = Object.values(schemas).map((body) => JSON.stringify(body));
      expect(new Set(bodies).size).toBe(bodies.length);
    }),
  );
});
