import { z } from 'zod';
import { numberingSchema, type Organization, sellerSchema } from '#libs/catalog/organization-schema.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import type { Seller } from '../documents/document.ts';
import type { Numbering } from '../documents/number.ts';

/** What documents take from their organization. */
export interface SellerTerms
  extends Pick<
    Organization,
    | 'timeZone'
    | 'paymentTermsDays'
    | 'graceMinutes'
    | 'taxRates'
    | 'currency'
    | 'documentUrl'
    | 'documentNotes'
    | 'deadLetters'
  > {
  readonly seller: Seller;
  readonly numbering: Numbering;
}

const storedSchema = z.object({ seller: sellerSchema, numbering: numberingSchema });

/** The organization as the seller on its documents; its own name where the seller block has none. */
export async function selectSeller(tx: Transaction, organizationId: number): Promise<SellerTerms> {
  const { rows } = await tx.query<SellerRow>(
    `SELECT name, seller, numbering, time_zone AS "timeZone", payment_terms_days AS "paymentTermsDays", grace_minutes AS "graceMinutes",
            tax_rates AS "taxRates", currency, document_url AS "documentUrl", document_notes AS "documentNotes",
            dead_letters AS "deadLetters"
       FROM organizations WHERE id = $1`,
    [organizationId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`There is no organization ${organizationId}`);
  const { name, ...terms } = row;
  const { seller, numbering } = storedSchema.parse(row);
  return {
    ...terms,
    seller: {
      name: seller.name ?? name,
      address_lines: seller.address_lines ?? [],
      ...(seller.tax_id !== undefined && { tax_id: seller.tax_id }),
      ...(seller.email !== undefined && { email: seller.email }),
      ...(seller.bank_details !== undefined && { bank_details: seller.bank_details }),
    },
    numbering: {
      patterns: { invoice: numbering.invoice, credit_note: numbering.credit_note },
      reset: numbering.reset,
    },
  };
}

type SellerRow = Omit<SellerTerms, 'seller' | 'numbering'> & {
  readonly name: string;
  readonly seller: unknown;
  readonly numbering: unknown;
};
