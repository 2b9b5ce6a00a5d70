import { UsageError } from '../errors.ts';
import { EVENT_FIELDS, type EventField, type FieldMap } from './draft.ts';

/** `id=request_id,customer=account`: the event's field, then its name in the file. @throws UsageError that names the wrong part. */
export function parseFieldMap(text: string): FieldMap {
  const map = new Map<EventField, string>();
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    const [field, name] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (at < 0 || name === '')
      throw new UsageError(`--map: "${part}" must look like field=name, for instance customer=account`);
    if (!isEventField(field))
      throw new UsageError(
        `--map: "${field}" is no field of an event; these can be mapped: ${EVENT_FIELDS.join(', ')}. Other columns become properties by themselves.`,
      );
    if (map.has(field)) throw new UsageError(`--map: ${field} is given twice`);
    map.set(field, name);
  }
  return map;
}

const isEventField = (text: string): text is EventField => (EVENT_FIELDS as readonly string[]).includes(text);
