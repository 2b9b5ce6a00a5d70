import { randomBytes } from 'node:crypto';
import { addDays } from '#libs/catalog/billing-period.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { hashDocument } from '../chain/document-hash.ts';
import type { DocumentBody } from '../documents/assemble.ts';
import { buyerKey } from '../documents/buyer-key.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { documentNumber, nextNumber, type Series } from '../documents/number.ts';
import { saltBuyer } from '../documents/salt-buyer.ts';
import { insertInvoiceLines } from '../store/insert-invoice-lines.ts';
import { type IssuedDocument, insertInvoices } from '../store/insert-invoices.ts';
import { insertPagesToDraw } from '../store/insert-pages-to-draw.ts';
import type { SellerTerms } from '../store/select-seller.ts';
import type { SeriesState } from '../store/series-row.ts';
import { updateSeries } from '../store/update-series.ts';
import { lockSeriesHead } from './lock-series-head.ts';

/** A checked document that is to be finalized. */
export interface Issue {
  readonly id: string;
  readonly customerId: string;
  readonly body: DocumentBody;
}

/** How an organization numbers and addresses documents. */
export type NumberTerms = Pick<SellerTerms, 'numbering' | 'documentUrl'>;

export interface IssueTerms extends NumberTerms {
  readonly organizationId: number;
  readonly billingRunId: string | null;
  /** That many random bytes; the machine's unless given. */
  readonly random?: ((size: number) => Buffer) | undefined;
  /** For fault tests: called with a series locked, and again with everything of it written. */
  readonly checkpoint?: ((name: 'numbered' | 'documents_inserted') => Promise<void>) | undefined;
}

/** Documents were made for another date of issue than it is by now: they must be made again. */
export class IssueDateMoved extends Error {
  override readonly name = 'IssueDateMoved';
}

/**
 * Numbers, dates, chains and stores documents, each kind in the order given. Either all of them come to be with the caller's
 * transaction or none, and the counters move with them: numbers have no gaps whatever dies. The caller does this last, since
 * a series stays locked until the transaction ends; they are locked always in the same order.
 */
export async function issueDocuments(
  tx: Transaction,
  issues: readonly Issue[],
  terms: IssueTerms,
): Promise<IssuedDocument[]> {
  const issued: IssuedDocument[] = [];
  for (const series of ['credit_note', 'invoice'] as const) {
    const own = issues.filter(({ body }) => body.kind === series);
    if (own.length > 0) issued.push(...(await issueSeries(tx, series, own, terms)));
  }
  return issued;
}

async function issueSeries(
  tx: Transaction,
  series: Series,
  issues: readonly Issue[],
  terms: IssueTerms,
): Promise<IssuedDocument[]> {
  const { organizationId } = terms;
  const head = await lockSeriesHead(tx, organizationId, series);
  await terms.checkpoint?.('numbered');
  const issued = chain(issues, series, head, terms);
  const documents = issued.map(({ document }) => document);
  await insertInvoices(tx, organizationId, issued, terms.billingRunId);
  await insertInvoiceLines(tx, organizationId, documents);
  await insertPagesToDraw(
    tx,
    organizationId,
    documents.map(({ id }) => id),
  );
  const last = issued.at(-1) as IssuedDocument;
  const { series_number: number, issue_date: issueDate } = last.document;
  await updateSeries(tx, organizationId, series, { last: { number, issueDate }, headHash: last.hash });
  await insertOutbox(tx, ...issued.map((document) => finalizedEntry(organizationId, document)));
  await terms.checkpoint?.('documents_inserted');
  return issued;
}

function chain(
  issues: readonly Issue[],
  series: Series,
  { last, headHash: head }: SeriesState,
  { numbering: { patterns, reset }, documentUrl, random = randomBytes }: IssueTerms,
): IssuedDocument[] {
  let [place, headHash] = [last, head];
  return issues.map(({ id, customerId, body }) => {
    if (place !== null && body.issue_date < place.issueDate)
      throw new IssueDateMoved(`A document of ${body.issue_date} cannot follow one of ${place.issueDate}`);
    const number = nextNumber(place, body.issue_date, reset);
    place = { number, issueDate: body.issue_date };
    const document: InvoiceDocument = {
      ...body,
      buyer: saltBuyer(body.buyer, random),
      id,
      series,
      series_number: number,
      number_pattern: patterns[series],
      number: documentNumber(patterns[series], body.issue_date, number),
      due_date: addDays(body.issue_date, body.payment_terms_days),
      ...(documentUrl !== null && { url: documentUrl.replaceAll('{id}', id) }),
    };
    const previousHash = headHash;
    headHash = hashDocument(previousHash, document);
    return { customerId, document, previousHash, hash: headHash };
  });
}

function finalizedEntry(organizationId: number, { customerId, document, hash }: IssuedDocument) {
  return {
    organizationId,
    type: `${document.kind}.finalized`,
    subject: document.id,
    data: {
      id: document.id,
      number: document.number,
      customer_id: customerId,
      customer: buyerKey(document),
      issue_date: document.issue_date,
      currency: document.currency,
      total: document.total,
      hash: hash.toString('hex'),
      ...(document.corrects && { corrects: document.corrects.id }),
      ...(document.replaces && { replaces: document.replaces.id }),
    },
  };
}
