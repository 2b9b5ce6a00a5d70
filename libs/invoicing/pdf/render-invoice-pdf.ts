import PDFDocument from 'pdfkit';
import type { InvoiceDocument } from '../documents/document.ts';
import { layDocumentEnd } from './document-end.ts';
import { putDocumentHead } from './document-head.ts';
import { putLineTable } from './line-table.ts';
import { messages as english, type Messages } from './messages.ts';
import { putFooters, putRunningHead } from './page-margins.ts';
import { PAGE, type Pdf, type Sheet } from './typesetting.ts';

/**
 * The page of a finalized document, from what is stored and nothing else: no clock, no locale, no network, no font of the machine. The
 * same document and hash give the same bytes on every machine, for as long as RENDERER_VERSION stands still.
 *
 * Two things would break that quietly and are switched off: pdfkit's creation date (the file id is made from it, too) is the issue
 * date, and streams are not compressed, since zlib's output differs between processors and Node versions. It costs a third in size.
 */

/** Raise it with every change that moves a byte: stored pages keep the version that made them. */
export const RENDERER_VERSION = 4;

export interface RenderDetails {
  /** The document's hash in hex, printed as the verification code. */
  readonly hash: string;
  readonly messages?: Messages;
}

/** @throws FontMissing, UnknownCurrency */
export async function renderInvoicePdf(
  document: InvoiceDocument,
  { hash, messages = english }: RenderDetails,
): Promise<Buffer> {
  if (!/^[0-9a-f]{16,128}$/i.test(hash)) {
    throw new Error(`the verification code of ${document.number} must be a hash in hex, not "${hash}"`);
  }
  const pdf = openPdf(document, messages);
  const sheet: Sheet = { pdf, document, messages };
  const bytes = collect(pdf);
  pdf.addPage();
  const nextPage = (): number => {
    pdf.addPage();
    return putRunningHead(sheet);
  };
  const end = layDocumentEnd(sheet);
  end.put(putLineTable(sheet, putDocumentHead(sheet), end.height, nextPage), nextPage);
  putFooters(sheet, hash);
  pdf.end();
  return bytes;
}

function openPdf({ kind, number, issue_date: issued }: InvoiceDocument, messages: Messages): Pdf {
  const title = messages.title(kind === 'credit_note' ? messages.creditNote : messages.invoice, number);
  return new PDFDocument({
    size: [PAGE.width, PAGE.height],
    // Pages are turned by hand; pdfkit would turn them at its own margins.
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    compress: false,
    pdfVersion: '1.7',
    lang: messages.language,
    displayTitle: true,
    // Otherwise it begins with Helvetica.
    font: null as unknown as string,
    info: {
      // pdfkit copies these into XML without escaping, so nothing with markup in it may come here; names are free text and stay out.
      Title: title.replaceAll(/[<>&]/g, ' '),
      Producer: `Tollbook ${RENDERER_VERSION}`,
      Creator: 'Tollbook',
      CreationDate: new Date(`${issued}T00:00:00Z`),
    },
  });
}

function collect(pdf: Pdf): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
}
