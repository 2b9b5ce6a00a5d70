/** An answer as it goes over the line, so that it can be given again to the letter. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: none. */
  readonly body: string | null;
}

/** Of which request it is the answer. */
export interface KeyedRequest {
  readonly organizationId: number;
  /** SHA-256 of the Idempotency-Key. */
  readonly digest: Buffer;
  /** SHA-256 of what was asked for. */
  readonly fingerprint: Buffer;
}
