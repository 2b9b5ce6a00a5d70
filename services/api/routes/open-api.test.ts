import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { nativeRoutes } from '#scripts/docs/all-routes.ts';
import { startTestApi, type TestApi } from '#tests/support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

test('every route is described, without a key, and prices with all their models', async () => {
  const { status, body } = await api.anonymous.get('/openapi.json');
  expect(status).toBe(200);
  const described = Object.entries(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
    ([path, own]) => Object.keys(own).map((method) => `${method.toUpperCase()} ${path}`),
  );
  // Of all services: what this one serves, and what ingest does.
  expect(described.sort()).toEqual(
    nativeRoutes()
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  );
  for (const { method, path } of api.routes) expect(described).toContain(`${method} ${path}`);
  const ids = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap((own) =>
    Object.values(own).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
  const question = JSON.stringify([body.paths['/v1/quotes'].post.requestBody, body.components.schemas]);
  for (const model of ['flat', 'graduated', 'stairstep', 'percentage', 'graduated_percentage', 'matrix', 'dynamic'])
    expect(question).toContain(`"const":"${model}"`);
});

test('an example of a body is one that its own schema takes', () => {
  const shown = nativeRoutes().flatMap(({ body, openBody }) =>
    [body, ...Object.values(openBody ?? {})].filter((schema) => typeof schema === 'object'),
  );
  const examples = shown.flatMap((schema) => {
    const told = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return [told, ...(told.anyOf ?? [])].flatMap((one) => ('example' in one ? [[schema, one.example] as const] : []));
  });
  expect(examples.length).toBeGreaterThan(1);
  for (const [schema, example] of examples) expect(schema.parse(example)).toMatchObject(example as object);
});
