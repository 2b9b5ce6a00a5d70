import { chainFault } from '../chain/chain-fault.ts';
import type { SignedHead } from '../chain/chain-head.ts';
import { headFault } from '../chain/head-fault.ts';
import type { ChainedDocument } from '../chain/verify-chain.ts';
import type { Touched, Verdict } from './verdict.ts';

export interface HeadWithKey extends SignedHead {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
}

export interface VerifyOptions {
  /** In the order of series, date of issue and number; all documents of an organization. */
  readonly documents: AsyncIterable<ChainedDocument>;
  /** In the same order. */
  readonly heads: AsyncIterable<HeadWithKey>;
  /** Whose heads these must be; left out where a document says nothing about it. */
  readonly organization?: number | undefined;
  /** Ids of the keys that may have signed; undefined: any that is given with a head. */
  readonly trusted?: ReadonlySet<string> | undefined;
  /** More to be looked at, such as rows beside the document. */
  readonly look?: ((document: ChainedDocument) => Promise<Touched | null>) | undefined;
  readonly onDocument?: ((seen: number) => void) | undefined;
}

/**
 * Works all hashes out again and holds them against the signed heads, in one pass: memory does not grow with the number of documents. Ends at the
 * first row that was touched. A chain that was rewritten as a whole, or cut at its end, is told by the heads alone.
 */
export async function verifyDocuments(options: VerifyOptions): Promise<Verdict> {
  const heads = options.heads[Symbol.asyncIterator]();
  let head = await heads.next();
  let before: ChainedDocument | null = null;
  const seen = { documents: 0, heads: 0, unsigned: 0, redacted: 0 };
  const touched = (found: Touched): Verdict => ({ ok: false, touched: found });
  let tail = 0;
  for await (const entry of options.documents) {
    const { document } = entry;
    if (before !== null && compare(before.document, document) >= 0)
      return touched(invoice(document.number, 'it stands behind a later one: the documents are not in order'));
    if (before?.document.series !== document.series) {
      seen.unsigned += tail;
      tail = 0;
    }
    const own: ChainedDocument | null = before?.document.series === document.series ? before : null;
    if (!head.done && compare(head.value, document) < 0) return touched(missing(head.value));
    const fault = chainFault(entry, own);
    if (fault !== null) return touched(invoice(document.number, fault));
    tail += 1;
    if (!head.done && compare(head.value, document) === 0) {
      const found = faultOf(head.value, entry, options);
      if (found !== null) return touched(found);
      seen.heads += 1;
      tail = 0;
      head = await heads.next();
    }
    const beside = await options.look?.(entry);
    if (beside) return touched(beside);
    seen.documents += 1;
    if ('redacted' in document.buyer) seen.redacted += 1;
    options.onDocument?.(seen.documents);
    before = entry;
  }
  if (!head.done) return touched(missing(head.value));
  return { ok: true, seen: { ...seen, unsigned: seen.unsigned + tail } };
}

type Place = Pick<SignedHead, 'series' | 'issue_date' | 'series_number'>;

function compare(a: Place, b: Place): number {
  if (a.series !== b.series) return a.series < b.series ? -1 : 1;
  if (a.issue_date !== b.issue_date) return a.issue_date < b.issue_date ? -1 : 1;
  return a.series_number - b.series_number;
}

const invoice = (document: string, reason: string): Touched => ({ table: 'invoices', document, reason });

const missing = ({ series, issue_date, series_number, signed_at }: HeadWithKey): Touched =>
  invoice(
    `${series} ${series_number} of ${issue_date}`,
    `it was the last of its series when that was signed at ${signed_at}, and is not there`,
  );

function faultOf(head: HeadWithKey, { document, hash }: ChainedDocument, options: VerifyOptions): Touched | null {
  const { organization, trusted } = options;
  const ofHead = (reason: string): Touched => ({ table: 'chain_heads', document: document.number, reason });
  if (organization !== undefined && head.organization !== organization)
    return ofHead(`it is a head of organization ${head.organization}, not of ${organization}`);
  if (trusted && !trusted.has(head.key_id))
    return ofHead(`it was signed by the key ${head.key_id}, which is not trusted`);
  const fault = headFault(head, head.publicKey);
  if (fault !== null) return ofHead(fault);
  if (head.hash === hash.toString('hex')) return null;
  return invoice(
    document.number,
    `another hash was signed at ${head.signed_at}: it, or one before it, was rewritten with all behind it`,
  );
}
