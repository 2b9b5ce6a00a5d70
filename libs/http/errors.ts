/**
 * Every problem a user can be told of: stable code, HTTP status, title. Codes are part of the API and never change their meaning.
 * Shape of the answer: RFC 9457, application/problem+json; see problem.ts.
 */
export const problems = {
  invalid_http: { status: 400, title: 'This is no request of HTTP' },
  invalid_json: { status: 400, title: 'The body is not JSON' },
  invalid_batch: { status: 400, title: 'The body is no batch of events' },
  invalid_path: { status: 400, title: 'The path cannot be decoded' },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key cannot be used' },
  idempotency_key_not_taken: { status: 400, title: 'The route takes no Idempotency-Key' },
  if_match_not_taken: { status: 400, title: 'The route takes no If-Match' },
  unauthenticated: { status: 401, title: 'A valid API key is needed' },
  insufficient_scope: { status: 403, title: 'The key may not do this' },
  route_not_found: { status: 404, title: 'There is no such route' },
  not_found: { status: 404, title: 'There is no such resource' },
  method_not_allowed: { status: 405, title: 'The route does not take this method' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  already_exists: { status: 409, title: 'The key is taken' },
  ambiguous_source: { status: 409, title: 'The id exists under several sources' },
  alias_taken: { status: 409, title: 'The alias means another customer' },
  alias_in_use: { status: 409, title: 'Usage came in under the alias' },
  organization_live: { status: 409, title: 'The organization is live' },
  test_clock_advancing: { status: 409, title: 'The test clock is advancing' },
  customer_in_use: { status: 409, title: 'The customer is still billed' },
  customer_erased: { status: 409, title: 'The customer was erased' },
  retention_not_over: { status: 409, title: 'Documents must still be kept' },
  meter_archived: { status: 409, title: 'The meter is archived' },
  meter_in_use: { status: 409, title: 'The meter is in use' },
  plan_state: { status: 409, title: 'The plan version is in another state' },
  subscription_state: { status: 409, title: 'The subscription is in another state' },
  subscriptions_overlap: { status: 409, title: 'Usage would be billed twice' },
  tax_rates_overlap: { status: 409, title: 'The tax rate has a percentage in that time' },
  coupon_not_applicable: { status: 409, title: 'The coupon cannot be applied' },
  duplicate_usage: { status: 409, title: 'The usage was sent before' },
  id_mismatch: { status: 409, title: 'The id was used with other fields' },
  balance_too_low: { status: 409, title: 'The balance is too low' },
  exchange_rate_exists: { status: 409, title: 'The day has another exchange rate' },
  payment_too_high: { status: 409, title: 'The payment is more than is due' },
  refund_too_high: { status: 409, title: 'The refund is more than is left of the payment' },
  invoice_state: { status: 409, title: 'The invoice is in another state' },
  last_admin_key: { status: 409, title: 'The last admin key stays' },
  key_rotated: { status: 409, title: 'The key was rotated before' },
  invoice_not_live: { status: 409, title: 'The document is not a live invoice' },
  prices_not_applicable: { status: 409, title: 'The current prices do not fit the invoice' },
  billing_run_state: { status: 409, title: 'The billing run is in another state' },
  period_not_over: { status: 409, title: 'The period is not over' },
  changed_meanwhile: { status: 409, title: 'Others changed it at the same time' },
  idempotency_key_in_use: { status: 409, title: 'A request with this Idempotency-Key is running' },
  answer_erased: { status: 410, title: 'The answer went with an erased customer' },
  precondition_failed: { status: 412, title: 'It is not as If-Match says' },
  body_too_large: { status: 413, title: 'The body is too large' },
  batch_too_large: { status: 413, title: 'The batch holds too many events' },
  unsupported_media_type: { status: 415, title: 'The body is of a type that this route does not take' },
  range_not_satisfiable: { status: 416, title: 'The range lies behind the end' },
  invalid_request: { status: 422, title: 'The request is not valid' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  raw_events_gone: { status: 422, title: 'Raw events of that time are no longer kept' },
  not_billable: { status: 422, title: 'The document cannot be made' },
  rate_limited: { status: 429, title: 'The key makes too many requests' },
  headers_too_large: { status: 431, title: 'Path and headers are too large' },
  internal_error: { status: 500, title: 'Tollbook failed' },
  unavailable: { status: 503, title: 'Tollbook cannot do this right now' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof problems;

/** One fault of a request. */
export interface FieldError {
  /** JSON pointer (RFC 6901) into the body; '' is the body itself. */
  readonly pointer: string;
  /** Where the pointer points when it is not the body. */
  readonly in?: 'query';
  readonly code?: string;
  readonly detail: string;
}

export interface ApiErrorOptions extends ErrorOptions {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a route throws when it refuses. `detail` is a sentence: what was wrong, where, and what to do. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, options: ApiErrorOptions = {}) {
    super(detail, options);
    this.code = code;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return problems[this.code].status;
  }
}

/** One field of the body that is wrong for a reason no schema can know. */
export function invalidField(pointer: string, detail: string, code?: string): ApiError {
  return new ApiError('invalid_request', `${pointer}: ${detail}`, {
    errors: [{ pointer, ...(code !== undefined && { code }), detail }],
  });
}

/** Several of them at once. */
export const invalidFields = (errors: readonly FieldError[]): ApiError =>
  new ApiError('invalid_request', errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), { errors });
