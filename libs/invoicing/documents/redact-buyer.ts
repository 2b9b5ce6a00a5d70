import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '#libs/events/canonical-json.ts';
import type { InvoiceDocument, RedactedBuyer } from './document.ts';

/**
 * What is left of a buyer when personal data is erased, and what of it enters the document's hash: SHA-256 over the salt's bytes and the rest
 * of the block as RFC 8785 JSON. The database function redact_buyer does the same. Without the salt nobody can try names against the digest.
 */
export function redactBuyer(buyer: InvoiceDocument['buyer']): RedactedBuyer {
  if ('redacted' in buyer) return buyer;
  const { salt, ...personal } = buyer;
  const digest = createHash('sha256')
    .update(Buffer.from(salt, 'hex'))
    .update(canonicalJson(personal as unknown as Json), 'utf8')
    .digest('hex');
  return { redacted: true, digest };
}
