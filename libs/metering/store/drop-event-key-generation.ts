import type { Transaction } from '#libs/database/transaction.ts';

/** Forgets the keys of a sealed generation and raises the floor to when it was sealed. Under the exclusive catalogue lock. */
export async function dropEventKeyGeneration(tx: Transaction, generation: number): Promise<void> {
  await tx.query('SELECT drop_event_key_generation($1::smallint)', [generation]);
}
