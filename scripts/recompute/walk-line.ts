import type { ExplainedEvent, ExplainedHour, Explanation, Line } from './answers.ts';
import { type Fraction, fraction } from './fraction.ts';
import { eventHash } from './hashes.ts';
import type { Worked } from './lines.ts';
import { quantityOf, readingOf } from './quantity.ts';
import type { Figure } from './totals.ts';

const MODULUS = 2n ** 256n;

/** GET of a path, and of all pages of a list. */
export interface Reader {
  readonly get: <T>(path: string) => Promise<T>;
  readonly all: <T>(path: string) => Promise<T[]>;
}

/** From a line to its hours and events and back: its quantity, number of events and digest by another calculation. */
export async function walkLine(
  reader: Reader,
  organization: number,
  path: string,
  line: Line,
): Promise<{ readonly worked: Worked; readonly figures: Figure[] }> {
  const explanation = await reader.get<Explanation>(`${path}/lines/${line.position}/explain`);
  const { usage } = explanation;
  if (usage === null || line.evidence === undefined)
    return { worked: { explanation, quantity: fraction(line.quantity), events: null }, figures: [] };
  const hours = await reader.all<ExplainedHour>(`${path}/lines/${line.position}/explain/hours`);
  const events = await reader.all<ExplainedEvent>(`${path}/lines/${line.position}/explain/events`);
  const quantity = quantityOf(events, usage);
  const name = (what: string) => `line ${line.position} ${what}`;
  const figures: Figure[] = [
    { name: name('quantity'), said: line.evidence.quantity, found: quantity },
    { name: name('events'), said: line.evidence.event_count, found: fraction(events.length) },
    { name: name('events of hours'), said: line.evidence.event_count, found: sum(hours.map((one) => one.event_count)) },
    { name: name('digest'), said: line.evidence.digest, found: digestOf(organization, events) },
    {
      name: name('digest of hours'),
      said: line.evidence.digest,
      found: fraction(hours.reduce((all, one) => all + BigInt(one.digest), 0n) % MODULUS),
    },
    ...hours.flatMap((hour) => hourFigures(organization, line, hour, events)),
  ];
  const values = usage.aggregation === 'unique' ? null : events.map((event) => fraction(readingOf(event, usage)));
  return { worked: { explanation, quantity, events: values }, figures };
}

const HOUR = 3_600_000;

function hourFigures(
  organization: number,
  { position }: Line,
  hour: ExplainedHour,
  events: readonly ExplainedEvent[],
): Figure[] {
  const begin = Date.parse(hour.hour);
  const own = events.filter(({ time }) => Date.parse(time) >= begin && Date.parse(time) < begin + HOUR);
  return [{ name: `line ${position} hour ${hour.hour}`, said: hour.digest, found: digestOf(organization, own) }];
}

const digestOf = (organization: number, events: readonly ExplainedEvent[]): Fraction =>
  fraction(events.reduce((all, event) => all + BigInt(`0x${eventHash(organization, event)}`), 0n) % MODULUS);

const sum = (counts: readonly number[]): Fraction => fraction(counts.reduce((all, one) => all + one, 0));
