import { escapeHtml, withCode } from './escape-html.ts';
import { exampleOf } from './example-of.ts';
import {
  type Content,
  type OpenApiDocument,
  type OpenApiOperation,
  type OpenApiParameter,
  resolved,
} from './open-api-document.ts';
import { htmlPage } from './page.ts';
import { schemaHtml, typeText } from './schema-html.ts';

interface Entry {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenApiOperation;
}

/** The whole description for people: operations by area, each with its parameters, an example, fields and answers. Pure; works without a script. */
export function referencePage(document: OpenApiDocument): Buffer {
  const entries: Entry[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const areas = [...Map.groupBy(entries, areaOf)].sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
  const shared = Object.entries(document.components.schemas);
  const nav = `<nav><a class="brand" href="#top">${escapeHtml(document.info.title)}</a><div class="soft">API ${escapeHtml(document.info.version)}</div>
<ul>${areas.map(([area, own]) => `<li><a href="#area-${escapeHtml(area)}">${escapeHtml(areaName(area))}</a> <span class="count">${own.length}</span></li>`).join('')}
<li><a href="#schemas">Shared schemas</a> <span class="count">${shared.length}</span></li><li><a href="/docs/errors">Problems</a></li></ul></nav>`;
  const body = areas.map(
    ([area, own]) =>
      `<section><h2 id="area-${escapeHtml(area)}">${escapeHtml(areaName(area))}</h2>${own.map((entry) => operationHtml(entry, document)).join('\n')}</section>`,
  );
  const schemas = shared.map(
    ([name, schema]) =>
      `<details class="operation"><summary><span class="path">${escapeHtml(name)}</span></summary><div class="inside" id="schema-${escapeHtml(name)}">${schemaHtml(schema, document)}</div></details>`,
  );
  return htmlPage(
    `${document.info.title}: API reference`,
    `<div class="layout" id="top">${nav}<main>${INTRODUCTION}${body.join('\n')}
<section><h2 id="schemas">Shared schemas</h2>${schemas.join('\n')}</section></main></div>`,
  );
}

const INTRODUCTION = `<h1>API reference</h1>
<p>Made from the same schemas that check requests and answers. The description itself (OpenAPI 3.1) is at <a href="/openapi.json">/openapi.json</a>.</p>
<p>Each request bears a key: <code>Authorization: Bearer tb_live_…</code> or <code>X-API-Key: tb_live_…</code>. Amounts and quantities are decimals as text, times are RFC 3339 in UTC.
Lists come in pages: send <code>next_cursor</code> of one as <code>cursor</code> of the next. Whatever is refused is a <a href="/docs/errors">problem</a> with a stable code.</p>
<p>A first request, with the key that the first start of the server printed:</p>
<pre><code>export TOLLBOOK_URL=http://127.0.0.1:8080
export TOLLBOOK_API_KEY=tb_live_…
curl "$TOLLBOOK_URL/v1/organization" -H "Authorization: Bearer $TOLLBOOK_API_KEY"</code></pre>`;

/** What serves the installation rather than a seller comes last. */
const SERVICE = 'service';
const OF_SERVICE = new Set(['.well-known', 'docs', 'health', 'metrics', 'openapi.json', 'compat']);

function areaOf({ operation }: Entry): string {
  const tag = operation.tags[0] ?? SERVICE;
  return OF_SERVICE.has(tag) ? SERVICE : tag;
}

const rank = (area: string): string => (area === SERVICE ? '\uffff' : area);

/** 'api-keys' as 'API keys'. */
const areaName = (area: string): string =>
  area
    .replaceAll('-', ' ')
    .replace(/^./, (first) => first.toUpperCase())
    .replace(/^Api\b/, 'API');

function operationHtml({ path, method, operation }: Entry, document: OpenApiDocument): string {
  // A link to what lies inside of it opens it.
  return `<details class="operation"><summary><span class="method ${method}">${method}</span><span class="path">${escapeHtml(path)}</span><span class="summary">${withCode(operation.summary)}</span></summary>
<div class="inside" id="${escapeHtml(operation.operationId)}">${operation.description ? `<p class="soft">${withCode(operation.description)}</p>` : '<p class="soft">Needs no key.</p>'}
${parametersHtml(operation.parameters)}
<h3>Example</h3><pre><code>${escapeHtml(exampleRequest({ path, method, operation }, document))}</code></pre>
${operation.requestBody ? `<h3>Body</h3>${contentHtml(operation.requestBody.content, document)}` : ''}
${answersHtml(operation, document)}</div></details>`;
}

function parametersHtml(parameters: readonly OpenApiParameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><td><code>${escapeHtml(name)}</code>${required && place !== 'path' ? ' <span class="need">required</span>' : ''}</td><td class="soft">${place}</td><td class="type">${typeText(schema)}</td><td>${description ? withCode(description) : ''}</td></tr>`,
  );
  return `<h3>Parameters</h3><table>${rows.join('')}</table>`;
}

function answersHtml({ responses }: OpenApiOperation, document: OpenApiDocument): string {
  // Further statuses bear the same answer.
  const done = Object.entries(responses).filter(([status]) => status !== 'default');
  const statuses = done.map(([status]) => `<code>${escapeHtml(status)}</code>`).join(' ');
  const [first] = done;
  const content = first?.[1].content;
  return `<h3>Answer ${statuses}</h3>${content ? contentHtml(content, document) : '<p class="soft">Without a body.</p>'}
<p class="soft">Otherwise a <a href="/docs/errors">problem</a>.</p>`;
}

const contentHtml = (content: Content, document: OpenApiDocument): string =>
  Object.entries(content)
    .map(([type, { schema }]) =>
      type === 'application/json'
        ? schemaHtml(resolved(schema, document), document)
        : `<p><code>${escapeHtml(type)}</code>${schema.description ? ` <span class="soft">${withCode(schema.description)}</span>` : ''}</p>`,
    )
    .join('');

/** As it is typed into a shell. */
function exampleRequest({ path, method, operation }: Entry, document: OpenApiDocument): string {
  const query = operation.parameters
    .filter(({ in: place, required }) => place === 'query' && required)
    .map(({ name, schema }) => `${name}=${encodeURIComponent(String(exampleOf(schema, document)))}`);
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}"$TOLLBOOK_URL${path}${query.length > 0 ? `?${query.join('&')}` : ''}"`,
  ];
  if (operation.description) lines.push('-H "Authorization: Bearer $TOLLBOOK_API_KEY"');
  const schema = operation.requestBody?.content['application/json']?.schema;
  if (schema) {
    lines.push("-H 'Content-Type: application/json'");
    const example = JSON.stringify(exampleOf(schema, document), null, 2);
    lines.push(`-d '${example.replaceAll("'", "'\\''")}'`);
  }
  return lines.join(' \\\n  ');
}
