import { ApiError, type ProblemCode, problems } from '../errors.ts';
import { problemOf } from '../problem.ts';
import { problemHelp } from '../problem-help.ts';
import { escapeHtml, withCode } from './escape-html.ts';
import { htmlPage } from './page.ts';

/** What one code means, when it is answered, what to do. */
export function problemPage(code: ProblemCode): Buffer {
  const { status, title } = problems[code];
  const { when, whatToDo } = problemHelp[code];
  return htmlPage(
    `${title} (${code})`,
    `<main class="single">
<p class="soft"><a href="/docs">Reference</a> / <a href="/docs/errors">Problems</a></p>
<h1>${escapeHtml(title)}</h1>
<p><code>${code}</code> <span class="badge">HTTP ${status}</span></p>
<h3>When</h3><p>${withCode(when)}</p>
<h3>What to do</h3><p>${withCode(whatToDo)}</p>
<h3>Looks like</h3><pre><code>${escapeHtml(JSON.stringify(exampleOf(code), null, 2))}</code></pre>
<p class="soft"><code>detail</code> says what was wrong with this very request; <code>request_id</code> finds it in the log.</p>
</main>`,
  );
}

const exampleOf = (code: ProblemCode) =>
  problemOf(new ApiError(code, 'What was wrong, where, what to do.'), '0a4f3c1e-…');

/** All of them. */
export const problemsPage = (): Buffer =>
  htmlPage(
    'Problems',
    `<main class="single">
<p class="soft"><a href="/docs">Reference</a></p>
<h1>Problems</h1>
<p>Whatever is refused is answered as <code>application/problem+json</code> (RFC 9457): <code>detail</code> is a sentence, <code>code</code> is one of these and stable,
<code>errors</code> points at fields.</p>
<table><tr><th>Code</th><th>Status</th><th>Means</th></tr>
${Object.entries(problems)
  .map(
    ([code, { status, title }]) =>
      `<tr><td><a href="/docs/errors/${code}"><code>${code}</code></a></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
  )
  .join('\n')}
</table>
</main>`,
  );
