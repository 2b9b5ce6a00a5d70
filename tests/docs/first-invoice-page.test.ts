import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { problems } from '#libs/http/errors.ts';
import { startSystem, type TestSystem } from '../support/system.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api.md is run as it stands there, in order, against the embedded system; and what people look at in a browser is there. */

let system: TestSystem;
beforeAll(async () => {
  system = await startSystem('embedded');
}, 60_000);
afterAll(() => system?.stop());

test('the commands of the page lead to an invoice', async () => {
  const { adminKey } = await system.organization({ name: 'Newcomer' });
  expect(await runPage('docs/api.md', { url: system.apiUrl, key: adminKey })).toBe(13);
}, 120_000);

test('every file that the page points to is there', async () => {
  const links = [...(await readFile('docs/api.md', 'utf8')).matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
  expect(links.length).toBeGreaterThan(10);
  for (const [, link] of links) await expect(access(path.resolve('docs', link as string))).resolves.toBeUndefined();
});

const pageAt = async (at: string) => {
  const response = await fetch(`${system.apiUrl}${at}`);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
};

/** Nothing that a browser would fetch, run or send, but for links that a person follows. */
function expectNothingFromElsewhere({ headers, text }: { headers: Headers; text: string }): void {
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:;/,
  );
  expect(text).not.toMatch(/<script|<iframe|<img|<form|@import|url\(|\bsrc=|\bon\w+="|javascript:/i);
  for (const [, href] of text.matchAll(/<link[^>]*href="([^"]*)"/g)) expect(href).toBe('data:,');
  for (const [, href] of text.matchAll(/<a [^>]*href="([^"]*)"/g)) expect(href).toMatch(/^[#/]/);
}

test('the reference shows every operation, and every link inside it leads somewhere', async () => {
  const page = await pageAt('/docs');
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expectNothingFromElsewhere(page);
  const ids = new Set([...page.text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const document = JSON.parse((await pageAt('/openapi.json')).text) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  expect(operations.length).toBeGreaterThan(100);
  for (const { operationId } of operations) expect(ids).toContain(operationId);
  for (const [, target] of page.text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
});

test.each(Object.entries(problems))(
  'the problem %s has a page, to which its type leads',
  async (code, { status, title }) => {
    const page = await pageAt(`/docs/errors/${code}`);
    expect(page.status).toBe(200);
    expectNothingFromElsewhere(page);
    for (const words of [code, `HTTP ${status}`, title.replaceAll("'", '&#39;'), 'When', 'What to do'])
      expect(page.text).toContain(words);
    expect((await pageAt('/docs/errors')).text).toContain(`href="/docs/errors/${code}"`);
  },
);

test('the type of a problem that really comes resolves on the server', async () => {
  const { type } = JSON.parse((await pageAt('/nowhere')).text) as { type: string };
  expect((await pageAt(type)).text).toContain('There is no such route');
  expect((await pageAt('/docs/errors/nothing')).status).toBe(404);
  expect((await pageAt('/docs/errors/__proto__')).status).toBe(404);
});
