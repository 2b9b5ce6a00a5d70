import { curveOf } from './curve-of.ts';
import { drawCurve } from './draw-curve.ts';
import { amountCell, chargeOf, linesOf, workingCell } from './worked-example.ts';

/**
 * docs/pricing.md as it must be: each JSON block is a price or a charge, and what follows it, up to the next block, may hold a table of worked
 * examples and a picture. Of the table the first column is kept; working and amount are worked out.
 */
export function pricingPage(page: string): { readonly page: string; readonly pictures: ReadonlyMap<string, string> } {
  const pictures = new Map<string, string>();
  const [head = '', ...sections] = page.split(/(?=^```json\n)/m);
  const worked = sections.map((section) => {
    const [, json = ''] = /^```json\n([\s\S]*?)```/.exec(section) ?? [];
    const rows = [...section.matchAll(/^\| ([^|]*?) \| .*? \| [^|]*? \|$/gm)].map(([, cell = '']) => cell);
    const cells = rows.slice(1);
    if (cells.length === 0) return section;
    const charge = chargeOf(JSON.parse(json) as Record<string, unknown>);
    const [, title = '', name] = /!\[(.*?)\]\(images\/pricing\/(.*?)\.svg\)/.exec(section) ?? [];
    if (name) pictures.set(name, drawCurve(curveOf(title, charge, cells)));
    return section.replace(/^\| ([^|]*?) \| .*? \| [^|]*? \|$/gm, (row, cell: string) => {
      if (cell === rows[0]) return row;
      const lines = linesOf(charge, cell);
      return `| ${cell} | ${workingCell(lines)} | ${amountCell(lines)} |`;
    });
  });
  return { page: head + worked.join(''), pictures };
}
