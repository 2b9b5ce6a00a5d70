import type { ProblemCode } from './errors.ts';

/** What a page tells of a problem beside its title. */
export interface ProblemHelp {
  /** When it is answered. */
  readonly when: string;
  readonly whatToDo: string;
}

const LOOK_AGAIN = 'Read the resource again, look at its state, and decide what is to happen now.';
const READ_DETAIL = 'Read `detail` and `errors`: they name what is in the way.';

/** One entry for each code, shown at /docs/errors/{code}. */
export const problemHelp: Readonly<Record<ProblemCode, ProblemHelp>> = {
  invalid_json: {
    when: 'The body is empty, is not UTF-8, ends too early, cannot be unpacked, or breaks the grammar of JSON.',
    whatToDo: 'Look at the line and column in `detail`. Send JSON as a serializer of your language writes it.',
  },
  invalid_batch: {
    when: 'The body of POST /v1/events is JSON, but neither an event, nor an array of events, nor {"events": […]}; or it holds none.',
    whatToDo: 'Send one of these forms. Faults of single events are told event by event and never refuse the batch.',
  },
  invalid_path: {
    when: 'The path holds a percent sign that is not followed by two hexadecimal digits of UTF-8.',
    whatToDo: 'Encode keys before you put them into a path (encodeURIComponent).',
  },
  unauthenticated: {
    when: 'No key was sent, or one that is not known, was revoked or has expired.',
    whatToDo: 'Send a live key as "Authorization: Bearer …" or "X-API-Key: …". Check that the whole key was copied.',
  },
  insufficient_scope: {
    when: 'The key is good, but what it is allowed to do does not include this route.',
    whatToDo: 'Use a key with the scope that `detail` names, or have one made (POST /v1/api-keys).',
  },
  route_not_found: {
    when: 'No route has this path. Paths are case sensitive and end without a slash.',
    whatToDo: 'Compare the path with the reference at /docs. In the distributed mode, ask the service that serves it.',
  },
  not_found: {
    when: 'The path is right, but there is nothing with this id or key in your organization. What belongs to another one answers the same.',
    whatToDo: 'Check the id, and that the key belongs to the organization that you mean.',
  },
  method_not_allowed: {
    when: 'The path exists, but does not take this method.',
    whatToDo: 'Use one of the methods in the header Allow.',
  },
  already_exists: {
    when: 'A resource with this key was made before.',
    whatToDo: 'Take another key, or go on with the one that is there: if this is a retry, your first request worked.',
  },
  ambiguous_source: {
    when: 'Several sources have sent an event with this id, and the request does not say whose is meant.',
    whatToDo: 'Name the event’s `source`; "" is for none.',
  },
  alias_taken: {
    when: 'A name that is to become an alias is the key or an alias of another customer.',
    whatToDo: 'Take it from the other customer first, or choose another name.',
  },
  alias_in_use: {
    when: 'An alias is to be taken away under which usage came in. Moving it could bill that usage twice.',
    whatToDo: 'Keep the alias. To move single events, amend their customer.',
  },
  meter_archived: {
    when: 'Something is to be done with a meter that was archived.',
    whatToDo: 'Make a new meter; archived ones keep what they counted.',
  },
  meter_in_use: {
    when: 'A meter is to be archived on which a plan charges.',
    whatToDo: 'End the plan versions that `detail` names first.',
  },
  plan_state: {
    when: 'A plan version is to be changed or used in a way that its state does not allow: only drafts change, only active ones take subscriptions.',
    whatToDo: 'Make a new version, change that, and activate it.',
  },
  subscription_state: {
    when: 'The subscription has ended, is paused, or is changed in that time already.',
    whatToDo: LOOK_AGAIN,
  },
  subscriptions_overlap: {
    when: 'Two charges would bill the same usage of a customer at the same time.',
    whatToDo: 'End the other subscription first, or let events name their `subscription`.',
  },
  tax_rates_overlap: {
    when: 'The tax rate has a percentage in part of that time already.',
    whatToDo: 'End the other one with the day on which this begins.',
  },
  coupon_not_applicable: {
    when: 'The coupon is archived, used up, over, or of another currency.',
    whatToDo: READ_DETAIL,
  },
  duplicate_usage: {
    when: 'Usage with the same dedupeKey (or Idempotency-Key) was taken before. It counts once.',
    whatToDo: 'Nothing, if this was a retry. New usage needs a key of its own.',
  },
  id_mismatch: {
    when: 'The id was used before, with other fields. The first one counts.',
    whatToDo: 'Send the same fields again to get the same answer, or take a new id for what is new.',
  },
  balance_too_low: {
    when: 'More is to be taken from a balance than it holds.',
    whatToDo: 'Read the balance, and take no more than that.',
  },
  exchange_rate_exists: {
    when: 'Another rate is stored for this day and pair of currencies.',
    whatToDo: 'Withdraw that one first, if no document has used it.',
  },
  payment_too_high: {
    when: 'The payment is more than what is left to be paid on the invoice.',
    whatToDo: 'Record what is due, or let the excess become credit of the customer where the route offers it.',
  },
  refund_too_high: {
    when: 'More is to be refunded than is left of the payment.',
    whatToDo: 'Refund no more than the payment less its refunds.',
  },
  invoice_state: {
    when: 'The invoice is a draft, finalized, voided or paid, and what was asked for needs it to be otherwise.',
    whatToDo: LOOK_AGAIN,
  },
  last_admin_key: {
    when: 'The only key that may administer the organization is to be revoked.',
    whatToDo: 'Make another admin key first.',
  },
  invoice_not_live: {
    when: 'The document is voided, or is a credit note, where a live invoice is needed.',
    whatToDo: 'Use the invoice that replaced it; `replaced_by` links to it.',
  },
  billing_run_state: {
    when: 'The run has ended, or has parked nobody, so there is nothing to cancel or retry.',
    whatToDo: LOOK_AGAIN,
  },
  period_not_over: {
    when: 'A period is to be billed that still runs, or whose grace has not passed.',
    whatToDo: 'Ask again after the instant that `detail` names. A preview shows what has come together.',
  },
  body_too_large: {
    when: 'The body, unpacked, has more bytes than the route takes.',
    whatToDo: 'Send it in parts; events also go as a stream (application/x-ndjson) of any length.',
  },
  batch_too_large: {
    when: 'One request holds more events than TOLLBOOK_MAX_BATCH_EVENTS.',
    whatToDo: 'Send it in parts, or as a stream (application/x-ndjson).',
  },
  unsupported_media_type: {
    when: 'The header Content-Type or Content-Encoding names something that the route does not read.',
    whatToDo: 'Send application/json, or one of the forms that the reference names for the route.',
  },
  range_not_satisfiable: {
    when: 'The header Range begins behind the last byte.',
    whatToDo: 'Ask for a range inside the size in Content-Range, or for all of it.',
  },
  invalid_request: {
    when: 'The request was understood as JSON, but fields are missing, unknown, of a wrong type, or contradict what is stored.',
    whatToDo:
      'Go through `errors`: every fault is there at once, each with a JSON pointer to its place and a sentence.',
  },
  raw_events_gone: {
    when: 'The answer needs raw events of a time that is no longer kept (TOLLBOOK_RAW_DAYS).',
    whatToDo: 'Ask for full hours of UTC: those are kept for ever.',
  },
  not_billable: {
    when: 'The document cannot be made: a price, rate or tax is missing, or amounts would contradict each other. Nothing was stored.',
    whatToDo: 'Mend what `detail` names, and ask again.',
  },
  internal_error: {
    when: 'Tollbook met something that it did not expect. Nothing of it is told outside.',
    whatToDo: 'Ask again; if it stays, give the operator the `request_id`: the log names the cause under it.',
  },
  unavailable: {
    when: 'Something that is needed does not answer right now, or is too busy. For events: whether they were taken is not known.',
    whatToDo: 'Send the same request again after the seconds in Retry-After, with the same ids.',
  },
};
