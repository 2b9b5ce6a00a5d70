import type { Subscription } from '#client/src/operations.ts';
import { fieldsText } from '../columns.ts';
import type { Records } from './add-record-commands.ts';

export const subscriptions: Records<Subscription> = {
  name: 'subscriptions',
  one: 'subscription',
  by: { name: 'id', description: 'id of the subscription' },
  filters: [{ name: 'customer', value: 'key', description: 'only those of this customer' }],
  columns: [
    { title: 'id', of: ({ id }) => id },
    { title: 'customer', of: ({ customer }) => customer },
    { title: 'plan', of: ({ plan, version }) => `${plan} v${version}` },
    { title: 'state', of: ({ state }) => state },
    { title: 'from', of: ({ starts_on: day }) => day },
    { title: 'until', of: ({ ends_on: day }) => day },
  ],
  list: (tollbook, query) => tollbook.subscriptions.list(query),
  show: (tollbook, id) => tollbook.subscriptions.get(id),
  text: (subscription) =>
    fieldsText([
      ['id', subscription.id],
      ['customer', subscription.customer],
      ['plan', `${subscription.plan}, version ${subscription.version}`],
      ['state', subscription.state],
      ['currency', subscription.currency],
      ['from', subscription.starts_on],
      ['until, not included', subscription.ends_on],
      ['cancelled at', subscription.canceled_at],
      ['trial until', subscription.trial_ends_on],
      [
        'this period',
        subscription.current_period && `${subscription.current_period.from} – ${subscription.current_period.to}`,
      ],
      ['quantities', Object.entries(subscription.quantities).map(([name, value]) => `${name} ${value}`)],
      ['other prices', Object.keys(subscription.overrides)],
      ['time zone', subscription.time_zone],
      ['created', subscription.created_at],
    ]),
};
