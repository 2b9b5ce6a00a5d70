/** Stable codes of rejected events, part of the API. */
export type RejectionCode =
  | 'invalid_event'
  | 'invalid_json'
  | 'event_too_large'
  | 'event_too_old'
  | 'event_too_far_ahead'
  | 'unreadable_value';

/** Why one event is not taken. */
export interface Rejection {
  readonly code: RejectionCode;
  /** A sentence: what is wrong and what to do. */
  readonly detail: string;
  /** JSON pointer inside the event as the sender wrote it, '' for the event itself. */
  readonly pointer: string;
}

/** RFC 6901. */
export const pointerTo = (path: readonly string[]): string =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
