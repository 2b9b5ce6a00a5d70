// From a customer to a finalized invoice and its PDF.
// TOLLBOOK_URL=… TOLLBOOK_API_KEY=… node first-invoice.js CUSTOMER
import { writeFile } from 'node:fs/promises';
import { createTollbook, TollbookError } from '@tollbook/client';

const tollbook = createTollbook({
  url: process.env.TOLLBOOK_URL ?? 'http://127.0.0.1:8080',
  apiKey: process.env.TOLLBOOK_API_KEY ?? '',
});
const customer = process.argv[2] ?? 'acme';

try {
  await tollbook.customers.create({ key: customer, name: 'Acme GmbH' });
} catch (error) {
  // Run a second time, it is there already.
  if (!(error instanceof TollbookError) || error.code !== 'already_exists') throw error;
}

const draft = await tollbook.invoices.create({
  customer,
  currency: 'EUR',
  lines: [{ description: 'Consulting', quantity: '1.5', unit_amount: '120.00' }],
});
const invoice = await tollbook.invoices.finalize(draft.id);
await writeFile(`${invoice.number}.pdf`, await tollbook.invoices.pdf(invoice.id));
console.log(`${invoice.number}: ${invoice.total} ${invoice.currency}`);

let count = 0;
for await (const { currency } of tollbook.invoices.list({ customer })) if (currency === 'EUR') count += 1;
console.log(`${count} invoices in EUR`);
