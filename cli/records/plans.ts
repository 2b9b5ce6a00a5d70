import type { Plan } from '#client/src/operations.ts';
import { columnsText, fieldsText } from '../columns.ts';
import type { Records } from './add-record-commands.ts';

export const plans: Records<Plan> = {
  name: 'plans',
  one: 'plan',
  by: { name: 'key', description: 'key of the plan; its newest version is shown' },
  columns: [
    { title: 'key', of: ({ key }) => key },
    { title: 'version', of: ({ version }) => version, right: true },
    { title: 'state', of: ({ state }) => state },
    { title: 'name', of: ({ name }) => name },
    { title: 'currency', of: ({ currency }) => currency },
    { title: 'every', of: ({ interval }) => interval },
    { title: 'charges', of: ({ charges }) => charges.length, right: true },
  ],
  list: (tollbook, query) => tollbook.plans.list(query),
  show: (tollbook, key) => tollbook.plans.get(key),
  text: (plan, stream) =>
    `${fieldsText([
      ['key', plan.key],
      ['version', `${plan.version}, ${plan.state}`],
      ['name', plan.name],
      ['currency', plan.currency],
      ['billed every', plan.interval],
      ['at least', plan.minimum_amount],
      ['created', plan.created_at],
    ])}\n${columnsText(
      [
        { title: 'charge', of: ({ key }) => key },
        { title: 'meter', of: ({ meter, quantity }) => meter ?? quantity },
        { title: 'price', of: priceText },
        { title: 'billed', of: ({ billing }) => billing.replace('_', ' ') },
      ],
      plan.charges,
      stream,
    )}`,
};

function priceText({ price, prices }: Plan['charges'][number]): string {
  if (price === undefined) return `by currency: ${Object.keys(prices ?? {}).join(', ')}`;
  const model = price.model.replaceAll('_', ' ');
  if (price.model === 'flat') return `${model} ${price.amount}`;
  if (price.model === 'per_unit') return `${model} ${price.unit_amount}`;
  return 'tiers' in price ? `${model}, ${price.tiers.length} tiers` : model;
}
