import type { Problem } from './operations.ts';

/** A code of docs/errors.md, or `http_502` and the like where something else than Tollbook answered. */
export type ErrorCode = Problem['code'] | (string & {});

/** One fault of a request. `pointer` is a JSON pointer into the body, or into the query where `in` says so. */
export type Fault = NonNullable<Problem['errors']>[number];

/** The server answered, and the answer was no. */
export class TollbookError extends Error {
  override readonly name = 'TollbookError';
  readonly status: number;
  readonly code: ErrorCode;
  /** All faults of the request at once; empty when they are not about fields. */
  readonly faults: readonly Fault[];
  /** Under this id the server's log tells more. */
  readonly requestId: string | undefined;
  /** What the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    about: Pick<TollbookError, 'status' | 'code' | 'faults' | 'requestId' | 'retryAfterMs'>,
  ) {
    super(message);
    this.status = about.status;
    this.code = about.code;
    this.faults = about.faults;
    this.requestId = about.requestId;
    this.retryAfterMs = about.retryAfterMs;
  }
}

/** There is no answer: whether the server did what was asked is not known. */
export class TollbookConnectionError extends Error {
  override readonly name = 'TollbookConnectionError';
  readonly isTimeout: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isTimeout: boolean }) {
    super(message, options);
    this.isTimeout = options.isTimeout;
  }
}

/** The queue did not take the event: it is full (`whenFull: 'reject'`) or closed. The event is still the caller's. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly reason: 'full' | 'closed';

  constructor(reason: 'full' | 'closed') {
    super(reason === 'full' ? 'the queue of events is full: the event was not taken' : 'the queue of events is closed');
    this.reason = reason;
  }
}

/** `events.send` gave up. `undecided` may or may not have been taken: send them again with the same ids. */
export class DeliveryError<Event> extends Error {
  override readonly name = 'DeliveryError';
  readonly undecided: readonly Event[];

  constructor(cause: unknown, undecided: readonly Event[]) {
    super(`${undecided.length} events are undecided: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.undecided = undecided;
  }
}
