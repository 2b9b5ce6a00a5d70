import type { Buyer, InvoiceDocument } from './document.ts';

const SALT_BYTES = 32;

/** The buyer as a document stores it, with a salt of its own. One that was erased stays erased. `random`: that many random bytes. */
export function saltBuyer(
  buyer: Buyer | InvoiceDocument['buyer'],
  random: (size: number) => Buffer,
): InvoiceDocument['buyer'] {
  return 'redacted' in buyer ? buyer : { ...buyer, salt: random(SALT_BYTES).toString('hex') };
}
