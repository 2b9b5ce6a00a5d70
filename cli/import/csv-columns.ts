import { UsageError } from '../errors.ts';
import { type Draft, EVENT_FIELDS, type EventField, type FieldMap } from './draft.ts';

/** How the cells of a row become an event. */
export interface CsvColumns {
  readonly names: readonly string[];
  readonly fields: ReadonlyMap<EventField, number>;
  readonly properties: readonly { readonly name: string; readonly at: number }[];
}

/**
 * From the header row: a column that is mapped, or named as a field of the event, fills that field; every other is a property.
 * @throws UsageError naming the columns when the header cannot make events.
 */
export function csvColumns(header: readonly string[], map: FieldMap, hasType: boolean): CsvColumns {
  const names = header.map((name) => name.trim());
  const listed = `the columns are: ${names.join(', ')}`;
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new UsageError(`the header row names "${twice}" twice; ${listed}`);
  if (names.includes(''))
    throw new UsageError(`column ${names.indexOf('') + 1} of the header row has no name; ${listed}`);
  const fields = new Map<EventField, number>();
  for (const field of EVENT_FIELDS) {
    const name = map.get(field) ?? field;
    const at = names.indexOf(name);
    if (at >= 0) fields.set(field, at);
    else if (map.has(field)) throw new UsageError(`--map ${field}=${name}: there is no such column; ${listed}`);
  }
  if (!fields.has('customer'))
    throw new UsageError(`no column says whose usage it is: name it with --map customer=COLUMN; ${listed}`);
  if (!fields.has('type') && !hasType)
    throw new UsageError(`no column says the type of event: give it with --type T or --map type=COLUMN; ${listed}`);
  const taken = new Set(fields.values());
  const properties = names.flatMap((name, at) => (taken.has(at) ? [] : [{ name, at }]));
  return { names, fields, properties };
}

/** Cells stay text, so that quantities stay exact. An empty one says nothing: that field or property is left out. */
export function csvEvent(columns: CsvColumns, cells: readonly string[]): Draft {
  const filled = (at: number) => cells[at] !== '';
  const properties = columns.properties.filter(({ at }) => filled(at)).map(({ name, at }) => [name, cells[at]]);
  const fields = [...columns.fields].filter(([, at]) => filled(at)).map(([field, at]) => [field, cells[at]]);
  return { ...Object.fromEntries(fields), properties: Object.fromEntries(properties) };
}
