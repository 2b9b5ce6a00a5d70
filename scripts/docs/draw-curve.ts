/** A curve of amount by usage as an SVG, from points that were priced. Plain text of it depends on nothing but its arguments. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Connected points. Where one stretch ends and the next begins higher or lower, the price jumps. */
export type Stretch = readonly Point[];

export interface Curve {
  readonly name?: string;
  readonly stretches: readonly Stretch[];
}

export interface Picture {
  readonly title: string;
  readonly xName: string;
  readonly curves: readonly Curve[];
  /** Worked examples that the page prints. */
  readonly examples: readonly Point[];
}

const WIDTH = 560;
const HEIGHT = 260;
const BOX = { left: 64, right: 540, top: 16, bottom: 216 };
const COLOURS = ['#2563eb', '#c2410c', '#15803d'];
const STEPS = [1, 2, 2.5, 5, 10];

export function drawCurve({ title, xName, curves, examples }: Picture): string {
  const points = [...curves.flatMap(({ stretches }) => stretches.flat()), ...examples];
  const xTicks = ticks(Math.max(...points.map(({ x }) => x)), 6);
  const yTicks = ticks(Math.max(...points.map(({ y }) => y)), 5);
  const x = (value: number) => BOX.left + (value / (xTicks.at(-1) as number)) * (BOX.right - BOX.left);
  const y = (value: number) => BOX.bottom - (value / (yTicks.at(-1) as number)) * (BOX.bottom - BOX.top);
  const at = (point: Point) => `${pixel(x(point.x))},${pixel(y(point.y))}`;
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...yTicks.flatMap((value) => [
      `<line x1="${BOX.left}" x2="${BOX.right}" y1="${pixel(y(value))}" y2="${pixel(y(value))}" stroke="${value === 0 ? '#374151' : '#e5e7eb'}"/>`,
      text(BOX.left - 8, y(value) + 4, words(value), 'end'),
    ]),
    ...xTicks.map((value) => text(x(value), BOX.bottom + 18, words(value), 'middle')),
    text((BOX.left + BOX.right) / 2, HEIGHT - 8, xName, 'middle'),
    ...curves.flatMap(({ name, stretches }, index) => {
      const colour = COLOURS[index % COLOURS.length] as string;
      const last = stretches.at(-1) ?? [];
      const named = last[Math.floor(last.length * 0.6)];
      return [
        ...stretches.flatMap((stretch, order) => drawStretch(stretch, stretches[order - 1]?.at(-1), colour, at)),
        ...(name && named ? [text(x(named.x) + 4, y(named.y) + 16, name, 'start', colour)] : []),
      ];
    }),
    ...examples.map(({ x: px, y: py }) => `<circle cx="${pixel(x(px))}" cy="${pixel(y(py))}" r="4" fill="#111827"/>`),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Inter, Helvetica, Arial, sans-serif" font-size="12" role="img">`,
    `<title>${title}</title>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** The line, and where the price jumped to its begin: a dashed line from a full dot (that still belongs to the old price) to an open one. */
function drawStretch(
  stretch: Stretch,
  before: Point | undefined,
  colour: string,
  at: (point: Point) => string,
): string[] {
  const line = `<polyline fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round" points="${withoutMiddles(stretch.map(at)).join(' ')}"/>`;
  const [begin] = stretch;
  if (!before || !begin || at(before) === at(begin)) return [line];
  const dot = (point: Point, fill: string) => {
    const [cx, cy] = at(point).split(',');
    return `<circle cx="${cx}" cy="${cy}" r="3" fill="${fill}" stroke="${colour}" stroke-width="1.5"/>`;
  };
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="1" stroke-dasharray="3 3" points="${at(before)} ${at(begin)}"/>`,
    line,
    dot(before, colour),
    dot(begin, '#ffffff'),
  ];
}

/** Corners alone: what lies on the line between its neighbours, up to a tenth of a pixel, is left out. */
function withoutMiddles(points: readonly string[]): string[] {
  const kept: string[] = [];
  for (const [index, point] of points.entries()) {
    const [from, next] = [kept.at(-1), points[index + 1]];
    if (point === from || (from !== undefined && next !== undefined && isBetween(from, point, next))) continue;
    kept.push(point);
  }
  return kept;
}

function isBetween(from: string, point: string, to: string): boolean {
  const [[x0, y0], [x, y], [x1, y1]] = [from, point, to].map((each) => each.split(',').map(Number)) as [
    [number, number],
    [number, number],
    [number, number],
  ];
  if (x1 === x0) return false;
  return Math.abs(y0 + ((y1 - y0) * (x - x0)) / (x1 - x0) - y) <= 0.1;
}

/** From zero, in round steps, to a bit over the most. */
function ticks(most: number, count: number): number[] {
  const rough = (most || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => each * power >= rough) as number) * power;
  return Array.from({ length: Math.ceil((most || 1) / step) + 1 }, (_, index) => index * step);
}

const pixel = (value: number): string => String(Number(value.toFixed(1)));
const words = (value: number): string => Number(value.toPrecision(10)).toLocaleString('en');
const text = (x: number, y: number, content: string, anchor: string, colour = '#374151'): string =>
  `<text x="${pixel(x)}" y="${pixel(y)}" text-anchor="${anchor}" fill="${colour}">${content}</text>`;
