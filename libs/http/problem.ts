import { ChangedMeanwhile } from '#libs/database/changed-meanwhile.ts';
import { ApiError, type FieldError, problems } from './errors.ts';

/** Body of a refusal, RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly FieldError[];
}

/** A body that is wrong everywhere is not answered by more than it. */
const MOST_ERRORS = 100;

export function problemOf(error: ApiError, requestId: string): Problem {
  const { status, title } = problems[error.code];
  return {
    type: `/docs/errors/${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    ...(error.errors && { errors: error.errors.slice(0, MOST_ERRORS) }),
  };
}

/** Any thrown value as something that may be told. What is unknown stays inside: the caller logs it. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof ChangedMeanwhile) return new ApiError('changed_meanwhile', error.message, { cause: error });
  if (isDatabaseAway(error)) {
    return new ApiError(
      'unavailable',
      'The database does not answer or is too busy. Nothing is known to have been changed: try again.',
      {
        headers: { 'Retry-After': '1' },
        cause: error,
      },
    );
  }
  return new ApiError(
    'internal_error',
    'Tollbook failed to answer this request. The log names the cause under this request id.',
    { cause: error },
  );
}

const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN', 'EPIPE']);
// Cut off or starting up (57P0x), no connection left (53300), gave up waiting (57014, 55P03), lost against another one (40001, 40P01),
// frozen for too long (25P03), became a standby (25006).
const SQL_STATES = new Set(['57P01', '57P02', '57P03', '53300', '57014', '55P03', '40001', '40P01', '25P03', '25006']);
const MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error/;

/** Whether an error of pg means "try again" rather than a fault in the code. */
export function isDatabaseAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, errors } = error as { code?: unknown; message?: unknown; errors?: unknown };
  // A host with several addresses fails with one error for each.
  if (Array.isArray(errors) && errors.some(isDatabaseAway)) return true;
  if (typeof code === 'string' && (NETWORK.has(code) || SQL_STATES.has(code) || code.startsWith('08'))) return true;
  return typeof message === 'string' && MESSAGES.test(message);
}
