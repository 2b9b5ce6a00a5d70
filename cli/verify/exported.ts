import { z } from 'zod';
import type { ChainedDocument } from '#libs/invoicing/chain/verify-chain.ts';
import type { InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import type { HeadWithKey } from '#libs/invoicing/verify/verify-documents.ts';

/* Rows of GET /v1/exports/invoices and /v1/exports/chain-heads, as far as verifying looks at them. */

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

const documentSchema = z.object({
  organization: z.int(),
  previous_hash: hashSchema,
  hash: hashSchema,
  document: z.looseObject({
    series: z.string(),
    series_number: z.int(),
    number_pattern: z.string(),
    number: z.string(),
    issue_date: z.string(),
    buyer: z.union([
      z.looseObject({ salt: z.string() }),
      z.strictObject({ redacted: z.literal(true), digest: hashSchema }),
    ]),
  }),
});

const headSchema = z.object({
  organization: z.int(),
  series: z.string(),
  issue_date: z.string(),
  series_number: z.int(),
  hash: z.string(),
  signed_at: z.string(),
  key_id: z.string(),
  signature: z.string(),
  public_key: z.string(),
});

export type ExportedDocument = ChainedDocument & { readonly organization: number };

export function exportedDocument(value: unknown): ExportedDocument | undefined {
  const { data } = documentSchema.safeParse(value);
  if (!data) return undefined;
  return {
    organization: data.organization,
    // Whatever else it says enters its hash, and that is compared.
    document: data.document as unknown as InvoiceDocument,
    previousHash: Buffer.from(data.previous_hash, 'hex'),
    hash: Buffer.from(data.hash, 'hex'),
  };
}

export function exportedHead(value: unknown): HeadWithKey | undefined {
  const { data } = headSchema.safeParse(value);
  if (!data) return undefined;
  const { public_key: publicKey, ...head } = data;
  return { ...head, publicKey: Buffer.from(publicKey, 'base64') };
}
