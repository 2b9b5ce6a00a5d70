import type { TransferKind } from './transfer.ts';

/** The id stands for another transfer. The transaction must be rolled back. */
export class TransferMismatch extends Error {
  override readonly name = 'TransferMismatch';
  readonly kind: TransferKind;
  readonly id: string;

  constructor(kind: TransferKind, id: string) {
    super(`transfer ${id} (${kind}) was made before with other fields`);
    this.kind = kind;
    this.id = id;
  }
}
