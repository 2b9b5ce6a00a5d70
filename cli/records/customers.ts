import type { Customer } from '#client/src/operations.ts';
import { fieldsText } from '../columns.ts';
import type { Records } from './add-record-commands.ts';

export const customers: Records<Customer> = {
  name: 'customers',
  one: 'customer',
  by: { name: 'key', description: 'your key of the customer' },
  columns: [
    { title: 'key', of: ({ key }) => key },
    { title: 'name', of: ({ name }) => name },
    { title: 'e-mail', of: ({ email }) => email },
    { title: 'time zone', of: ({ time_zone: zone }) => zone },
    { title: 'since', of: ({ created_at: at }) => at.slice(0, 10) },
  ],
  list: (tollbook, query) => tollbook.customers.list(query),
  show: (tollbook, key) => tollbook.customers.get(key),
  text: (customer) =>
    fieldsText([
      ['key', customer.key],
      ['name', customer.name],
      ['aliases', customer.aliases],
      ['e-mail', customer.email],
      ['address', customer.address_lines],
      ['tax', customer.tax_treatment],
      ['tax id', customer.tax_id],
      ['tax rates', customer.tax_rates],
      ['time zone', customer.time_zone],
      ['grace, minutes', customer.grace_minutes],
      ['to pay within, days', customer.payment_terms_days],
      ['created', customer.created_at],
    ]),
};
