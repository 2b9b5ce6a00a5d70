import type { Balance } from './transfer.ts';

/** An account of a customer would fall below zero. The transaction must be rolled back. */
export class BalanceTooLow extends Error {
  override readonly name = 'BalanceTooLow';
  /** As it stands before the transfer. */
  readonly held: Balance;
  /** What it would take, a positive decimal string. */
  readonly wanted: string;

  constructor(held: Balance, wanted: string) {
    super(
      `${wanted} ${held.currency} cannot be taken from the ${held.account} balance of customer ${held.customerId}, which is ${held.balance}`,
    );
    this.held = held;
    this.wanted = wanted;
  }
}
