import { z } from 'zod';
import type { Transaction } from '#libs/database/transaction.ts';
import type { Party } from '../document.ts';

/** What documents take from their organization. */
export interface SellerTerms {
  readonly seller: Party;
  /** Dates of issue are local to it. */
  readonly timeZone: string;
  readonly paymentTermsDays: number;
  readonly graceMinutes: number;
}

const sellerSchema = z.object({
  name: z.string().min(1).optional(),
  address_lines: z.array(z.string()).optional(),
  tax_id: z.string().optional(),
  email: z.string().optional(),
});

/** The organization as the seller on its documents; its own name where the seller block has none. */
export async function selectSeller(tx: Transaction, organizationId: number): Promise<SellerTerms> {
  const { rows } = await tx.query<SellerRow>(
    'SELECT name, seller, time_zone, payment_terms_days, grace_minutes FROM organizations WHERE id = $1',
    [organizationId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`There is no organization ${organizationId}`);
  const { name, address_lines, tax_id, email } = sellerSchema.parse(row.seller);
  return {
    seller: {
      name: name ?? row.name,
      address_lines: address_lines ?? [],
      ...(tax_id !== undefined && { tax_id }),
      ...(email !== undefined && { email }),
    },
    timeZone: row.time_zone,
    paymentTermsDays: row.payment_terms_days,
    graceMinutes: row.grace_minutes,
  };
}

interface SellerRow {
  readonly name: string;
  readonly seller: unknown;
  readonly time_zone: string;
  readonly payment_terms_days: number;
  readonly grace_minutes: number;
}
