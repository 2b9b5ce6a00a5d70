import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { defineRoute, type Route } from '#libs/http/route.ts';

const DOCS = path.resolve(import.meta.dirname, '../../../docs');

/** The description of all routes, also of those that other services serve. */
export const openApiRoute = (): Route =>
  committedOpenApiRoute('/openapi.json', 'openapi.json', 'This description, OpenAPI 3.1');

/**
 * Serves a committed description: it is generated from the schemas of all services (`npm run docs:openapi`), which no single one of them knows, and a test compares the
 * two.
 */
export function committedOpenApiRoute(at: string, file: string, summary: string): Route {
  return defineRoute({
    method: 'GET',
    path: at,
    scope: 'public',
    summary,
    response: z.looseObject({ openapi: z.literal('3.1.0') }),
    handler: async () => ({ body: await readOpenApi(file) }),
  });
}

const documents = new Map<string, Promise<Readonly<Record<string, unknown>>>>();

/** Read once, and not before it is asked for. */
export function readOpenApi(file: string): Promise<Readonly<Record<string, unknown>>> {
  const known = documents.get(file);
  if (known) return known;
  const read = readFile(path.join(DOCS, file), 'utf8').then((text) => JSON.parse(text));
  documents.set(file, read);
  read.catch(() => documents.delete(file));
  return read;
}
