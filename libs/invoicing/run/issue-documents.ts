import { addDays } from '#libs/catalog/billing-period.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import type { DocumentBody } from '../assemble.ts';
import type { InvoiceDocument } from '../document.ts';
import { hashDocument } from '../document-hash.ts';
import { documentNumber, SERIES_OF, type Series } from '../number.ts';
import { insertInvoiceLines } from '../store/insert-invoice-lines.ts';
import { type IssuedDocument, insertInvoices } from '../store/insert-invoices.ts';
import { insertLineEvidence } from '../store/insert-line-evidence.ts';
import { updateSeries } from '../store/update-series.ts';
import { lockSeriesHead, type SeriesHead } from './lock-series-head.ts';

/** A checked document that is to be finalized. */
export interface Issue {
  readonly id: string;
  readonly customerId: string;
  readonly body: DocumentBody;
}

export interface IssueTerms {
  readonly organizationId: number;
  /** Local date of the seller. */
  readonly today: string;
  readonly paymentTermsDays: number;
  readonly billingRunId: string | null;
  /** For fault tests: called with the series locked, and again with everything written. */
  readonly checkpoint?: ((name: 'numbered' | 'documents_inserted') => Promise<void>) | undefined;
}

/**
 * Numbers, dates, chains and stores documents of one kind, in the order given. Either all of them come to be with the caller's
 * transaction or none, and the counter moves with them: numbers have no gaps whatever dies. The caller does this last, since
 * the series stays locked until the transaction ends.
 */
export async function issueDocuments(
  tx: Transaction,
  issues: readonly Issue[],
  terms: IssueTerms,
): Promise<IssuedDocument[]> {
  const [first] = issues;
  if (first === undefined) return [];
  const { organizationId } = terms;
  const series = SERIES_OF[first.body.kind];
  const head = await lockSeriesHead(tx, organizationId, series, terms.today);
  await terms.checkpoint?.('numbered');
  const issued = chain(issues, series, head, terms.paymentTermsDays);
  const documents = issued.map(({ document }) => document);
  await insertInvoices(tx, organizationId, issued, terms.billingRunId);
  await insertInvoiceLines(tx, organizationId, documents);
  await insertLineEvidence(tx, organizationId, documents);
  await updateSeries(tx, organizationId, series, {
    year: head.year,
    lastNumber: head.lastNumber + issued.length,
    lastIssueDate: head.issueDate,
    headHash: (issued.at(-1) as IssuedDocument).hash,
  });
  await insertOutbox(tx, ...issued.map((document) => finalizedEntry(organizationId, document)));
  await terms.checkpoint?.('documents_inserted');
  return issued;
}

function chain(issues: readonly Issue[], series: Series, head: SeriesHead, paymentTermsDays: number): IssuedDocument[] {
  let { lastNumber, headHash } = head;
  return issues.map(({ id, customerId, body }) => {
    if (SERIES_OF[body.kind] !== series) throw new Error(`a ${body.kind} cannot be numbered in series ${series}`);
    lastNumber += 1;
    const document: InvoiceDocument = {
      ...body,
      id,
      series,
      series_number: lastNumber,
      number: documentNumber(series, head.year, lastNumber),
      issue_date: head.issueDate,
      // Nothing is payable on a credit note.
      due_date: body.kind === 'invoice' ? addDays(head.issueDate, paymentTermsDays) : head.issueDate,
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
      customer: document.buyer.key,
      issue_date: document.issue_date,
      currency: document.currency,
      total: document.total,
      hash: hash.toString('hex'),
      ...(document.corrects && { corrects: document.corrects.id }),
      ...(document.replaces && { replaces: document.replaces.id }),
    },
  };
}
