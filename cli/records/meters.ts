import type { Meter } from '#client/src/operations.ts';
import { fieldsText } from '../columns.ts';
import type { Records } from './add-record-commands.ts';

export const meters: Records<Meter> = {
  name: 'meters',
  one: 'meter',
  by: { name: 'key', description: 'key of the meter' },
  columns: [
    { title: 'key', of: ({ key }) => key },
    { title: 'name', of: ({ name }) => name },
    { title: 'events', of: ({ event_type: type }) => type },
    { title: 'counts', of: aggregationText },
    { title: 'by', of: ({ group_by: by }) => by.join(', ') },
  ],
  list: (tollbook, query) => tollbook.meters.list(query),
  show: (tollbook, key) => tollbook.meters.get(key),
  text: (meter) =>
    fieldsText([
      ['key', meter.key],
      ['version', meter.version],
      ['name', meter.name],
      ['events', meter.event_type],
      ['counts', aggregationText(meter)],
      ['by', meter.group_by],
      ['only where', meter.filter.map((rule) => JSON.stringify(rule))],
      ['from', meter.effective_from],
      ['until', meter.effective_until],
      ['created', meter.created_at],
      ['archived', meter.archived_at],
    ]),
};

function aggregationText({ aggregation, value_property: property }: Meter): string {
  return property === null ? aggregation : `${aggregation} of ${property}`;
}
