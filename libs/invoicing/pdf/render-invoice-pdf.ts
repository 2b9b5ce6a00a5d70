import PDFDocument from 'pdfkit';
import type { InvoiceDocument } from '../document.ts';
import { documentEndHeight, putDocumentEnd } from './document-end.ts';
import { putDocumentHead } from './document-head.ts';
import { loadFonts } from './fonts.ts';
import { putLineTable } from './line-table.ts';
import { messages } from './messages.ts';
import { putFooters, putRunningHead } from './page-margins.ts';
import { CONTENT_BOTTOM, PAGE, type Pdf } from './typesetting.ts';

/**
 * The page of a finalized document, from what is stored and nothing else: no clock, no locale, no network, no font of the machine. The
 * same document and hash give the same bytes on every machine, for as long as RENDERER_VERSION stands still.
 *
 * Two things would break that quietly and are switched off: pdfkit's creation date (the file id is made from it, too) is the issue
 * date, and streams are not compressed, since zlib's output differs between processors and Node versions. It costs a third in size.
 */

/** Raise it with every change that moves a byte: stored pages keep the version that made them. */
export const RENDERER_VERSION = 1;

/** @param details.hash the document's hash in hex, printed as the verification code. @throws FontMissing, UnknownCurrency */
export async function renderInvoicePdf(document: InvoiceDocument, details: { hash: string }): Promise<Buffer> {
  if (!/^[0-9a-f]{16,128}$/i.test(details.hash)) {
    throw new Error(`the verification code of ${document.number} must be a hash in hex, not "${details.hash}"`);
  }
  const pdf = openPdf(document);
  const bytes = collect(pdf);
  pdf.addPage();
  const reserve = documentEndHeight(document);
  const nextPage = (): number => {
    pdf.addPage();
    return putRunningHead(pdf, document);
  };
  const below = putLineTable(pdf, document, putDocumentHead(pdf, document), reserve, nextPage);
  putDocumentEnd(pdf, document, below + reserve > CONTENT_BOTTOM ? nextPage() : below);
  putFooters(pdf, document, details.hash);
  pdf.end();
  return bytes;
}

function openPdf(document: InvoiceDocument): Pdf {
  const title = `${document.kind === 'credit_note' ? messages.creditNote : messages.invoice} ${document.number}`;
  // pdfkit copies these into XML without escaping, so nothing with markup in it may come here; names are free text and stay out.
  const fonts = loadFonts();
  const pdf = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    // Pages are turned by hand; pdfkit would turn them at its own margins.
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    compress: false,
    pdfVersion: '1.7',
    lang: messages.language,
    displayTitle: true,
    info: {
      Title: title.replaceAll(/[<>&]/g, ' '),
      Producer: `Tollbook ${RENDERER_VERSION}`,
      Creator: 'Tollbook',
      CreationDate: new Date(`${document.issue_date}T00:00:00Z`),
    },
  });
  pdf.registerFont('regular', fonts.regular);
  pdf.registerFont('semibold', fonts.semibold);
  return pdf;
}

function collect(pdf: Pdf): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
}
