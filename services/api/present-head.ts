import { z } from 'zod';
import type { StoredHead } from '#libs/invoicing/store/select-chain-heads.ts';
import { timeSchema } from './fields.ts';

/** Signed heads as the API shows them: with all that is needed to check them elsewhere. */
export const headSchema = z.object({
  organization: z.int(),
  series: z.string(),
  issue_date: z.iso.date(),
  series_number: z.int(),
  hash: z.string().describe('Of the document of that date and number, hex; it covers all documents before it'),
  signed_at: timeSchema,
  key_id: z.string(),
  signature: z
    .string()
    .describe('Ed25519, base64, over the RFC 8785 JSON of the fields above: organization, series, …, key_id'),
  public_key: z.string().describe('Ed25519, SubjectPublicKeyInfo, base64. Its SHA-256 begins with key_id'),
});

export const presentHead = ({ publicKey, ...head }: StoredHead): z.infer<typeof headSchema> => ({
  ...head,
  public_key: publicKey.toString('base64'),
});
