import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PRICE_MODELS } from '#libs/pricing/price-schema.ts';
import { drawCurve } from '#scripts/docs/draw-curve.ts';
import { pricingPage } from '#scripts/docs/pricing-page.ts';

/* The tables and pictures of docs/pricing.md are what the pricers say; `npm run docs:pricing` writes them anew. */

let page: string;
let worked: ReturnType<typeof pricingPage>;
beforeAll(async () => {
  page = await readFile('docs/pricing.md', 'utf8');
  worked = pricingPage(page);
});

test('every figure of the page is what is billed', () => {
  expect(worked.page).toBe(page);
  // A row or two for each block, so that a page whose tables went unread is noticed.
  expect(page.match(/^\| .* \| \d+\.\d\d.* \|$/gm)?.length).toBeGreaterThan(40);
});

test('every model has a block, a table and a picture', () => {
  for (const model of PRICE_MODELS) expect(page).toContain(`{"model": "${model}"`);
  const blocks = page.split('```json\n').slice(1);
  for (const block of blocks) expect(block).toMatch(/^\| .* \|$/m);
});

test('pictures are what the pricers draw, and no others are kept', async () => {
  const kept = (await readdir('docs/images/pricing')).sort();
  expect(kept).toEqual([...worked.pictures.keys()].map((name) => `${name}.svg`).sort());
  for (const [name, svg] of worked.pictures)
    expect(await readFile(`docs/images/pricing/${name}.svg`, 'utf8')).toBe(svg);
});

test('a figure that is off by a cent is noticed', () => {
  expect(pricingPage(page.replace('| 139.00 |', '| 139.01 |')).page).toBe(page);
});

describe('a picture', () => {
  const draw = (stretches: readonly (readonly { x: number; y: number }[])[]) =>
    drawCurve({ title: 'Test', xName: 'units', curves: [{ stretches }], examples: [] });

  test('keeps corners and leaves out what lies between them', () => {
    const svg = draw([[0, 1, 2, 3, 4].map((x) => ({ x, y: Math.min(x, 2) }))]);
    expect(svg).toContain('points="64,216 302,16 540,16"');
  });

  test('shows a jump as a full and an open dot', () => {
    const svg = draw([
      [
        { x: 0, y: 1 },
        { x: 1, y: 1 },
      ],
      [
        { x: 1, y: 2 },
        { x: 2, y: 2 },
      ],
    ]);
    expect(svg).toContain('<circle cx="302" cy="116" r="3" fill="#2563eb"');
    expect(svg).toContain('<circle cx="302" cy="16" r="3" fill="#ffffff"');
    expect(
      draw([
        [{ x: 0, y: 1 }],
        [
          { x: 0, y: 1 },
          { x: 2, y: 1 },
        ],
      ]),
    ).not.toContain('<circle');
  });
});
