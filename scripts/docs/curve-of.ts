import { Big } from '#libs/money/decimal.ts';
import type { Charge } from '#libs/pricing/charge-schema.ts';
import { looksAtEvents } from '#libs/pricing/models/percentage.ts';
import { groupingOf, isFee } from '#libs/pricing/price-in.ts';
import type { Curve, Picture, Point, Stretch } from './draw-curve.ts';
import { linesOf, totalOf } from './worked-example.ts';

/** The curve of a charge as far as the page's worked examples reach, each point priced by the real pricers. */

const SAMPLES = 240;
const MOST_JUMPS = 60;
/** How far beyond a bound the next price is looked at: 10^-9 of the picture. */
const BEYOND = 1e-9;

export function curveOf(title: string, charge: Charge, cells: readonly string[]): Picture {
  const axis = axisOf(charge, cells);
  const to = Math.max(...axis.examples.filter((x) => !Number.isNaN(x)));
  const curves = axis.groups.map((group): Curve => {
    const amountAt = (at: number): Point => {
      const x = axis.snap(at);
      return { x, y: Number(totalOf(linesOf(charge, axis.cellOf(x, group))).toFixed()) };
    };
    return { ...(group && { name: group }), stretches: stretchesOf(amountAt, axis.jumps(to), to) };
  });
  const examples = cells.flatMap((cell, index): Point[] => {
    const x = axis.examples[index] as number;
    return Number.isNaN(x) ? [] : [{ x, y: Number(totalOf(linesOf(charge, cell)).toFixed()) }];
  });
  return { title, xName: axis.name, curves, examples };
}

interface Axis {
  readonly name: string;
  readonly groups: readonly string[];
  /** Where the examples lie; NaN of those that the picture cannot show. */
  readonly examples: readonly number[];
  readonly cellOf: (x: number, group: string) => string;
  /** The nearest usage that there can be. */
  readonly snap: (x: number) => number;
  /** Where the price may jump, between 0 and the end. */
  readonly jumps: (to: number) => number[];
}

function axisOf(charge: Charge, cells: readonly string[]): Axis {
  const { price } = charge;
  if (cells.some((cell) => cell.endsWith(' days'))) {
    const period = /of (\d+) days/.exec(cells.join())?.[1] as string;
    const days = (x: number) => `${x} of ${period} days`;
    return { ...plain, name: 'days', examples: cells.map(Number.parseFloat), cellOf: days, snap: Math.round };
  }
  if (price?.model === 'percentage' && looksAtEvents(price)) {
    const single = cells.map((cell) => Number(/^events ([\d,.]+)$/.exec(cell)?.[1]?.replaceAll(',', '')));
    const examples = single.map((x) => (x >= 0 ? x : Number.NaN));
    return { ...plain, name: 'amount of one event', examples, cellOf: (x) => `events ${text(x)}` };
  }
  const examples = cells.map((cell) => Number.parseFloat(cell.replaceAll(',', '')));
  if (isFee(charge)) return { ...plain, name: 'units', examples };
  if (groupingOf(charge).length > 0) {
    const groups = [...new Set(cells.map((cell) => /\((.*)\)/.exec(cell)?.[1] ?? ''))];
    return { ...plain, examples, groups, cellOf: (x, group) => `${text(x)} (${group})` };
  }
  return { ...plain, examples, jumps: (to) => jumpsOf(charge, to) };
}

const text = (x: number): string => new Big(x.toFixed(9)).toFixed();
const plain = { name: 'units', groups: [''], cellOf: text, snap: (x: number) => x, jumps: () => [] };

function jumpsOf({ price, convert }: Charge, to: number): number[] {
  const every = (size: string | undefined): number[] => {
    const step = Number(size);
    return step > 0 && to / step <= MOST_JUMPS
      ? Array.from({ length: Math.floor(to / step) }, (_, index) => (index + 1) * step)
      : [];
  };
  const bounds = price && 'tiers' in price ? price.tiers.map(({ up_to: upTo }) => Number(upTo ?? Number.NaN)) : [];
  const sizes = [...every(price?.model === 'package' ? price.size : undefined), ...every(convert?.divide)];
  return [...bounds, ...sizes].filter((x) => x > 0 && x < to).sort((a, b) => a - b);
}

function stretchesOf(amountAt: (x: number) => Point, jumps: readonly number[], to: number): Stretch[] {
  const borders = [0, ...jumps, to];
  const count = Math.max(1, Math.floor(SAMPLES / borders.length));
  const stretches: Stretch[] = [[amountAt(0)]];
  for (const [index, end] of borders.entries()) {
    if (index === 0) continue;
    const begin = (borders[index - 1] as number) + to * BEYOND;
    const between = Array.from({ length: count }, (_, each) => begin + ((end - begin) * each) / count);
    stretches.push([...between, end].map(amountAt));
  }
  return stretches;
}
