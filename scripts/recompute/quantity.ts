import type { ExplainedEvent, Explanation } from './answers.ts';
import { add, divided, type Fraction, fraction, isLess, minus, sumOf, times, ZERO } from './fraction.ts';

type Usage = NonNullable<Explanation['usage']>;

/** What an event adds: read from its properties, not from what the server says it read. */
export function readingOf(event: ExplainedEvent, { versions }: Pick<Usage, 'versions'>): string {
  const property = versions.find(({ id }) => id === event.meter_id)?.value_property;
  return property === null || property === undefined ? '1' : String(event.properties[property]);
}

/** Events into the quantity of the line, by the meter's aggregation. */
export function quantityOf(events: readonly ExplainedEvent[], usage: Usage): Fraction {
  const texts = events.map((event) => readingOf(event, usage));
  if (usage.aggregation === 'unique') return fraction(new Set(texts).size);
  const values = texts.map(fraction);
  const first = values[0] ?? ZERO;
  switch (usage.aggregation) {
    case 'count':
    case 'sum':
      return sumOf(values);
    case 'avg':
      return values.length === 0 ? ZERO : divided(sumOf(values), fraction(values.length));
    case 'min':
      return values.reduce((least, value) => (isLess(value, least) ? value : least), first);
    case 'max':
      return values.reduce((most, value) => (isLess(most, value) ? value : most), first);
    case 'latest':
      return latest(events, values);
    case 'weighted_sum':
      return weighted(events, values, usage);
    default:
      throw new Error(`the aggregation ${usage.aggregation} is not known here`);
  }
}

/** Of two events at one time the one with the greater id, then source, by bytes. */
function latest(events: readonly ExplainedEvent[], values: readonly Fraction[]): Fraction {
  const key = ({ id, source }: ExplainedEvent) => Buffer.from(`${id}\u0001${source}`);
  let at = 0;
  for (const [index, event] of events.entries()) {
    const best = events[at] as ExplainedEvent;
    const later = Date.parse(event.time) - Date.parse(best.time) || Buffer.compare(key(event), key(best));
    if (later > 0) at = index;
  }
  return values[at] ?? ZERO;
}

/** The level over time: what was there before, and each event from its time on. */
function weighted(
  events: readonly ExplainedEvent[],
  values: readonly Fraction[],
  { from, to, billed }: Usage,
): Fraction {
  const end = Date.parse(to);
  const length = fraction(end - Date.parse(from));
  const parts = events.map(({ time }, at) =>
    times(values[at] as Fraction, minus(fraction(end), fraction(Date.parse(time)))),
  );
  return divided(add(times(fraction(billed.carried_in), length), sumOf(parts)), length);
}
