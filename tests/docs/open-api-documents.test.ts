import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { OpenApiDocument } from '#libs/http/html/open-api-document.ts';
import { breakingChanges } from '#scripts/docs/breaking-changes.ts';
import { openApiDocuments } from '#scripts/docs/open-api-documents.ts';

/* The committed descriptions say what the routes do, are sound, and break nothing that was released. */

const generated = openApiDocuments();
const FILES = Object.keys(generated);

describe.each(FILES)('docs/%s', (file) => {
  test('is what the routes say: run "npm run docs:openapi" after a change of a route', async () => {
    expect((await readFile(`docs/${file}`, 'utf8')) === generated[file]).toBe(true);
  });

  test('is sound OpenAPI 3.1', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        // Refusals are one answer, named default.
        'operation-4xx-response': 'off',
        // Where it answers is the reader's choice.
        'no-empty-servers': 'off',
        'info-license': 'off',
        'tag-description': 'off',
        'operation-description': 'off',
      },
    });
    const problems = await lintFromString({ source: generated[file] as string, config });
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
  });

  test('breaks nothing that was released', async () => {
    const released: OpenApiDocument = JSON.parse(await readFile(`docs/released/${file}`, 'utf8'));
    expect(breakingChanges(released, JSON.parse(generated[file] as string))).toEqual([]);
  });
});
