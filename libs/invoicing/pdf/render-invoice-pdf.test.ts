import { describe, expect, test } from '@jest/globals';
import {
  EXAMPLE_HASH,
  exampleDocument,
  exampleLine,
  flat,
  perUnit,
  realisticInvoice,
} from '#tests/support/example-documents.ts';
import { pdfText } from '#tests/support/pdf-text.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { renderInvoicePdf } from './render-invoice-pdf.ts';

const textOf = async (document: InvoiceDocument) => pdfText(await renderInvoicePdf(document, { hash: EXAMPLE_HASH }));
const calls = exampleLine(1, { description: 'API calls', price: perUnit('0.002'), quantity: '1500' });

describe('what the page says', () => {
  test('an invoice: parties, dates, lines with their working, totals, how to pay, verification code', async () => {
    expect((await textOf(realisticInvoice())).split('\n')).toEqual([
      'Invoice\tNordwind Cloud GmbH',
      'Invoice number\tINV-2026-000042\tFrom\tBill to',
      'Date of issue\t1 November 2026\tNordwind Cloud GmbH\tŁódź Logistyka Sp. z o.o.',
      'Date due\t15 November 2026\tSpeicherstraße 14\tul. Piotrkowska 104',
      'Payment terms\t14 days\t20457 Hamburg\t90-926 Łódź',
      'Service period\t1 Oct – 31 Oct 2026\tGermany\tPoland',
      'Time zone\tEurope/Berlin\tbilling@nordwind.example\tinvoices@logistyka.example',
      'Tax ID DE314159265\tTax ID PL7250015272',
      'Customer acme-logistics',
      'EUR 3,059.29 due 15 November 2026',
      '#\tDescription\tQuantity\tUnit price (EUR)\tAmount (EUR)',
      '1\tPlatform fee\t1\t249.00\t249.00',
      '1 Oct – 31 Oct 2026',
      '2\tPriority support\t1\t65.81',
      '1 Oct – 31 Oct 2026',
      'Flat fee\t120.00\t120.00',
      '17 of 31 days\t≈ -54.193548',
      '3\tAPI calls\t1,412,380\t2,520.48',
      '1 Oct – 31 Oct 2026 · 48,211 events',
      'Up to 10,000\t10,000\t0.00\t0.00',
      'Over 10,000, up to 1,000,000\t990,000\t0.002\t1,980.00',
      'Over 1,000,000\t412,380\t0.00125\t515.475',
      'Flat fee: over 1,000,000\t25.00\t25.00',
      '4\tObject storage, gigabyte hours\t8,412,650.375\t0.00003425\t288.13',
      '1 Oct – 31 Oct 2026 · 48,211 events',
      '5\tEgress, gigabytes\t318.25\t0.08\t25.46',
      '1 Oct – 31 Oct 2026 · 48,211 events',
      'Please pay EUR 3,059.29 by 15 November 2026.\tSubtotal\t3,148.88',
      'IBAN\tDE02 1203 0000 0000 2020 51\tLaunch partner (10 %)\t-252.05',
      'BIC\tBYLADEM1001',
      'Total excluding tax\t2,896.83',
      'Reference\tINV-2026-000042',
      'VAT 23 % on 2,871.37\t660.42',
      'View online',
      'VAT, reduced 8 % on 25.46\t2.04',
      'https://billing.nordwind.example/i/019',
      'a2b3c-1111-7000-8000-0000000000\tTotal\t3,559.29',
      '01',
      'Paid from prepaid balance\t-500.00',
      'Amount due\tEUR 3,059.29',
      `INV-2026-000042 · Verification code ${EXAMPLE_HASH}\tPage 1 of 1`,
    ]);
  });

  test('a credit note names what it corrects and why, what becomes of it, and asks for nothing', async () => {
    const of = { id: 'x', number: 'INV-2026-000042', position: 3 };
    const credited = exampleDocument([{ ...calls, amount: '-3.00', of }], {
      kind: 'credit_note',
      series: 'credit_note',
      number: 'CN-2026-000003',
      corrects: { id: 'x', number: 'INV-2026-000042', reason: 'Staging was billed' },
      amount_due: '0.00',
      settlement: { offset: '1.00', refund: '2.00', credit: '0.00' },
    });
    const text = await textOf(credited);
    for (const told of [
      'Credit note\tNordwind Cloud GmbH\nCredit note number\tCN-2026-000003\tFrom\tCredit to',
      'Corrects\tINV-2026-000042',
      'EUR 3.00 credited\nReason: Staging was billed',
      '1\tAPI calls\t1,500\t0.002\t-3.00\nLine 3 of INV-2026-000042 · 1 Oct – 31 Oct 2026 · 48,211 events',
      'Total\t-3.00\nAmount credited\tEUR 3.00\nSet off against INV-2026-000042\t1.00\nTo be refunded\t2.00\n',
      'This credit note corrects invoice INV-2026-000042. No payment is due.',
    ])
      expect(text).toContain(told);
    for (const untold of ['Date due', 'Please pay', 'IBAN', 'Kept as credit']) expect(text).not.toContain(untold);
  });

  test('a reissued invoice names the one it stands for', async () => {
    const text = await textOf(realisticInvoice({ replaces: { id: 'x', number: 'INV-2026-000017' } }));
    expect(text).toContain('Replaces\tINV-2026-000017');
    expect(text).toContain('This invoice stands in place of INV-2026-000017, which has been voided.');
  });

  test.each([
    ['reverse_charge', 'Article 196.', 'Reverse charge: the tax is owed by the recipient. Article 196.'],
    ['exempt', 'Section 4 No. 11.', 'Exempt from tax. Section 4 No. 11.'],
    ['out_of_scope', 'Services abroad.', 'Outside the scope of tax. Services abroad.'],
  ] as const)('why no tax is added: %s', async (treatment, reason, note) => {
    const document = exampleDocument([calls], { tax_treatment_reason: reason }, { taxTreatment: treatment });
    expect(await textOf(document)).toContain(`\n${note}\n`);
  });

  test('another currency: rate, its day and source, and the totals in both', async () => {
    const text = await textOf(
      exampleDocument([calls], {
        exchange: {
          currency: 'USD',
          rate: '1.0825',
          date: '2026-10-30',
          source: 'European Central Bank',
          total_excluding_tax: '3.25',
          tax_total: '0.00',
          total: '3.25',
        },
      }),
    );
    for (const told of [
      'In USD\tTotal excluding tax\t3.25\n',
      '1 EUR = USD 1.0825',
      'European Central Bank, 30 October 2026\n',
      'Total\tUSD 3.25\n',
    ])
      expect(text).toContain(told);
  });

  test.each([
    ['JPY', '1.5', '1,234,567\t1.5\t1,851,851', 'JPY 1,851,851 due 15 November 2026'],
    ['KWD', '0.0125', '1,234,567\t0.0125\t15,432.088', 'KWD 15,432.088 due 15 November 2026'],
  ])('digits of %s', async (currency, rate, row, headline) => {
    const line = exampleLine(1, { description: 'Calls', price: perUnit(rate), quantity: '1234567', currency });
    const text = await textOf(exampleDocument([line], { currency }));
    expect(text).toContain(`Calls\t${row}`);
    expect(text).toContain(headline);
  });

  test('nothing to pay', async () => {
    const text = await textOf(exampleDocument([]));
    expect(text).toContain('EUR 0.00, nothing to pay');
    expect(text).toContain('Nothing was charged in this period.');
    expect(text).toContain('No payment is due.');
    expect(text).not.toContain('IBAN');
  });

  test('paid from what the customer had', async () => {
    const paid = exampleDocument([calls], { prepaid_applied: '3.00', amount_due: '0.00' });
    const text = await textOf(paid);
    expect(text).toContain('EUR 3.00, paid from balance');
    expect(text).toMatch(/Paid in full from the balance of the account. No\tSubtotal\t3.00\npayment is due/);
  });

  test('due on receipt, no period, notes of the seller', async () => {
    const { period: _period, ...bare } = exampleDocument([calls], {
      payment_terms_days: 0,
      notes: ['PO 4711', 'Thanks'],
    });
    const text = await textOf(bare);
    expect(text).toContain('Payment terms\tDue on receipt');
    expect(text).toContain('Please pay EUR 3.00 on receipt.');
    expect(text).toContain('PO 4711\nThanks\n');
    expect(text).not.toContain('Service period');
  });

  test('lines by hand have no dates', async () => {
    const {
      service_from: _from,
      service_to: _to,
      ...fee
    } = exampleLine(1, {
      description: 'Workshop',
      price: flat('900'),
      quantity: '2',
    });
    const text = await textOf(
      exampleDocument([
        { ...fee, kind: 'manual' },
        { ...calls, position: 2, charge_key: 'c' },
      ]),
    );
    expect(text).toContain('1\tWorkshop\t2\t900.00\t900.00\n2\tAPI calls');
  });

  test('every script is read as it was written', async () => {
    const base = exampleDocument([]);
    const names = [
      'Ἀθῆναι Київ Đặng Škoda',
      'Ğökçe Ħal Łódź',
      '株式会社クラウド（東京）',
      '深圳市云端科技有限公司',
      '주식회사 한국',
      'Ltd 𐎀 End',
    ];
    for (const name of names) expect(await textOf({ ...base, buyer: { ...base.buyer, name } })).toContain(name);
    // Words stand from right to left.
    const words = async (name: string) => textOf({ ...base, seller: { ...base.seller, name } });
    expect(await words('شركة النور للتقنية')).toContain('Invoice\tللتقنية النور شركة');
    expect(await words('חברת ענן 2026')).toContain('Invoice\t2026 ענן חברת');
  });
});

test('a verification code that is no hash is refused', async () => {
  await expect(renderInvoicePdf(exampleDocument([]), { hash: 'pending' })).rejects.toThrow(
    'the verification code of INV-2026-000042 must be a hash in hex, not "pending"',
  );
});
