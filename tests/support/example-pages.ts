import type { InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import { exampleDocument, exampleLine, perUnit, realisticInvoice } from './example-documents.ts';

/** The documents of the pictures in docs/images, by the name of the picture. */
export const examplePages: Readonly<Record<string, () => InvoiceDocument>> = {
  invoice: realisticInvoice,
  'invoice-scripts': invoiceInManyScripts,
  'credit-note': exampleCreditNote,
};

const NAMES = [
  '株式会社未来データ（東京本社）API呼び出し回数・従量課金',
  '深圳市云端科技有限公司 — 对象存储，按小时计费',
  '주식회사 클라우드코리아 — 데이터 전송',
  'شركة النور للتقنية — استخدام واجهة API (٢٠٢٦)',
  'חברת ענן בע"מ — קריאות API (אוקטובר 2026)',
  'Общество «Облако» — вызовы API',
  'Ελληνική Εταιρεία Νέφους — κλήσεις API',
  'Đặng Thị Ánh, Gökçe Ünal, Łukasz Żółć',
  'مُحَمَّد & 田中 & 김철수 & דָּוִד & Иван',
];

function invoiceInManyScripts(): InvoiceDocument {
  const { seller } = exampleDocument([]);
  const lines = NAMES.map((description, index) =>
    exampleLine(index + 1, { description, price: perUnit('1.5'), quantity: `${1500 * (index + 1)}`, currency: 'JPY' }),
  );
  return exampleDocument(
    lines,
    {
      currency: 'JPY',
      seller: {
        ...seller,
        name: '株式会社クラウド北風',
        address_lines: ['〒100-0005 東京都千代田区丸の内一丁目９番１号', '日本'],
        tax_id: 'T7010401022916',
      },
      buyer: {
        salt: '5a'.repeat(32),
        key: 'nur',
        name: 'شركة النور للتقنية المحدودة',
        address_lines: ['شارع الملك فهد ١٢، الطابق ٣', 'الرياض 12211', 'المملكة العربية السعودية'],
        tax_id: '310122393500003',
        email: 'billing@nur.example',
      },
    },
    {
      discounts: [{ name: 'خصم الشريك', percent: '10' }],
      taxRates: [{ name: '消費税', percent: '10', inclusive: false }],
    },
  );
}

function exampleCreditNote(): InvoiceDocument {
  const calls = exampleLine(1, { description: 'API calls', price: perUnit('0.002'), quantity: '60250' });
  const { steps: _steps, ...line } = { ...calls, amount: '-120.50' };
  return exampleDocument([{ ...line, steps: [], of: { id: 'x', number: 'INV-2026-000042', position: 3 } }], {
    kind: 'credit_note',
    series: 'credit_note',
    number: 'CN-2026-000003',
    corrects: {
      id: 'x',
      number: 'INV-2026-000042',
      reason: 'Calls of the staging system were billed by mistake from 3 to 9 October.',
    },
    taxes: [{ key: 'vat', name: 'VAT', percent: '23', inclusive: false, base: '-120.50', amount: '-27.72' }],
    tax_total: '-27.72',
    total: '-148.22',
    amount_due: '0.00',
    settlement: { offset: '100.00', refund: '28.22', credit: '20.00' },
    url: 'https://billing.nordwind.example/i/019a2b3c-2222',
  });
}
