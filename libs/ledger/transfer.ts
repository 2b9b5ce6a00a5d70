/** Accounts of a customer in a currency. They have a balance, which never falls below zero. */
export const CUSTOMER_ACCOUNTS = ['credit', 'prepaid'] as const;
export type CustomerAccount = (typeof CUSTOMER_ACCOUNTS)[number];

/** Where the money of customers comes from and goes to. */
export type CounterAccount = 'funding' | 'grants' | 'invoices' | 'credit_notes' | 'payments';

export type Account = CustomerAccount | CounterAccount;

/** `invoice_voided` gives back what `invoice` took; each is named by the document or payment that it is made for. */
export type TransferKind = 'adjustment' | 'invoice' | 'invoice_voided' | 'credit_note' | 'overpayment';

/** What a customer holds in one currency. */
export interface Book {
  readonly customerId: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** A movement between accounts of one book, as its caller wants it. Its entries add up to zero. */
export interface Transfer extends Book {
  readonly kind: TransferKind;
  /** UUID from the caller; one transfer for each kind and id. */
  readonly id: string;
  /** Invoice or credit note that it is made for. */
  readonly documentId: string | null;
  readonly reason: string | null;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly account: Account;
  /** Signed decimal string, not zero. */
  readonly amount: string;
}

export interface PostedEntry extends Entry {
  /** Of an account of the customer, after this entry. Null: it is a counter account. */
  readonly balance: string | null;
}

/** A transfer as the journal has it. */
export interface PostedTransfer extends Transfer {
  /** Of two of one book the later one has the higher. */
  readonly position: string;
  readonly createdAt: Date;
  readonly entries: readonly PostedEntry[];
}

export interface Balance extends Book {
  readonly account: CustomerAccount;
  /** Decimal string, not negative. */
  readonly balance: string;
}

export const isCustomerAccount = (account: Account): account is CustomerAccount =>
  CUSTOMER_ACCOUNTS.includes(account as CustomerAccount);
