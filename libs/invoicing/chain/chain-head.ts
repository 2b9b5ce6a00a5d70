import { canonicalJson } from '#libs/events/canonical-json.ts';

/** What a series ended with at some moment. */
export interface ChainHead {
  readonly organization: number;
  readonly series: string;
  /** Date of issue and number of the document; a chain is ordered by them. */
  readonly issue_date: string;
  readonly series_number: number;
  /** Of the document, hex. */
  readonly hash: string;
  /** RFC 3339 in UTC, with milliseconds. */
  readonly signed_at: string;
  /** Of the key that signs. */
  readonly key_id: string;
}

export interface SignedHead extends ChainHead {
  /** Ed25519 over chainHeadText, base64. */
  readonly signature: string;
}

/** The text that is signed: RFC 8785. It names the organization, so that no head passes for another's. */
export function chainHeadText(head: ChainHead): string {
  const { organization, series, issue_date, series_number, hash, signed_at, key_id } = head;
  return canonicalJson({ organization, series, issue_date, series_number, hash, signed_at, key_id });
}
