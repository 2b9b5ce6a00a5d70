import { startTestApi, type TestAnswer, type TestApi } from './api.ts';
import { newCustomer } from './catalog.ts';
import { type InvoiceInput, putInvoice } from './invoices.ts';

export const PAYMENT = { amount: '40.00', currency: 'EUR', received_on: '2026-10-14', method: 'bank_transfer' };

/** An organization with invoices of 100.00 EUR that are paid and refunded over the API, on 15 October 2026. */
export async function startPayments() {
  const api: TestApi = await startTestApi({ now: () => Date.parse('2026-10-15T12:00:00Z') });
  const { id: ownId, api: own } = await api.organization();
  const { api: other } = await api.organization();
  return {
    api,
    ownId,
    own,
    /** Of another organization. */
    other,
    async newInvoice(changes: Partial<InvoiceInput> = {}) {
      const key = await newCustomer(own);
      const { rows } = await api.owner.query('SELECT id FROM customers WHERE key = $1 AND organization_id = $2', [
        key,
        ownId,
      ]);
      const customerId = rows[0].id as string;
      const id = await putInvoice(api.owner, { organizationId: ownId, customerId, ...changes });
      return { id, key, customerId };
    },
    pay: (invoice: string, changes: object = {}) => own.post('/v1/payments', { ...PAYMENT, invoice, ...changes }),
    refund: (payment: string, amount: string, more: object = {}) =>
      own.post(`/v1/payments/${payment}/refunds`, { amount, reason: 'Sent back', ...more }),
    stateOf: async (invoice: string) => (await own.get(`/v1/invoices/${invoice}`)).body.payment,
    creditOf: async (key: string) => (await own.get(`/v1/customers/${key}/balances`)).body.data,
    /** What the outbox says of these, in order. */
    async toldOf(...subjects: string[]): Promise<string[]> {
      const { rows } = await api.owner.query('SELECT type FROM outbox WHERE subject = ANY($1) ORDER BY id', [subjects]);
      return rows.map(({ type }) => type);
    },
  };
}

export type TestPayments = Awaited<ReturnType<typeof startPayments>>;

export const outcome = ({ status, body }: TestAnswer) => [status, body.code];
