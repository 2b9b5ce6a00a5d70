import type { Transaction } from '#libs/database/transaction.ts';

/** Seals the current generation of keys and opens the next one. Under the exclusive catalogue lock. */
export async function openEventKeyGeneration(tx: Transaction): Promise<number> {
  const { rows } = await tx.query<{ generation: number }>('SELECT open_event_key_generation() AS generation');
  return (rows[0] as { generation: number }).generation;
}
