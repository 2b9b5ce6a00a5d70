import { createHash } from 'node:crypto';
import { escapeHtml } from './escape-html.ts';
import { STYLE } from './style.ts';

/** A whole page with nothing from elsewhere: no script, no font, no picture, one style sheet inside. Body is HTML. */
export const htmlPage = (title: string, body: string): Buffer =>
  Buffer.from(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`);

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Only this very style, and an empty icon. */
export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
} as const;
