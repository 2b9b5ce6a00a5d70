import { z } from 'zod';
import type { DocumentBody } from '#libs/invoicing/documents/assemble.ts';
import { bodyShape, presentBody } from './present-body.ts';

/** A document that would be issued, as the API shows it: without number, hash and payments. */
export const previewedSchema = <Kind extends DocumentBody['kind']>(kind: Kind) =>
  z.object({ kind: z.literal(kind), ...bodyShape });

export const presentPreviewed = <Kind extends DocumentBody['kind']>(kind: Kind, body: DocumentBody) => ({
  kind,
  ...presentBody(body),
});
