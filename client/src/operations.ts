/* Made from the OpenAPI document by `npm run client:types`. Not to be changed by hand. */

export type Bytes = Uint8Array<ArrayBuffer>;

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** A sentence: what was wrong, where, what to do */
  readonly detail: string;
  readonly code:
    | 'invalid_http'
    | 'invalid_json'
    | 'invalid_batch'
    | 'invalid_path'
    | 'idempotency_key_invalid'
    | 'idempotency_key_not_taken'
    | 'if_match_not_taken'
    | 'unauthenticated'
    | 'insufficient_scope'
    | 'route_not_found'
    | 'not_found'
    | 'method_not_allowed'
    | 'request_timeout'
    | 'already_exists'
    | 'ambiguous_source'
    | 'alias_taken'
    | 'alias_in_use'
    | 'organization_live'
    | 'test_clock_advancing'
    | 'customer_in_use'
    | 'customer_erased'
    | 'retention_not_over'
    | 'meter_archived'
    | 'meter_in_use'
    | 'plan_state'
    | 'subscription_state'
    | 'subscriptions_overlap'
    | 'tax_rates_overlap'
    | 'coupon_not_applicable'
    | 'duplicate_usage'
    | 'id_mismatch'
    | 'balance_too_low'
    | 'exchange_rate_exists'
    | 'payment_too_high'
    | 'refund_too_high'
    | 'invoice_state'
    | 'last_admin_key'
    | 'key_rotated'
    | 'invoice_not_live'
    | 'prices_not_applicable'
    | 'billing_run_state'
    | 'period_not_over'
    | 'changed_meanwhile'
    | 'idempotency_key_in_use'
    | 'answer_erased'
    | 'precondition_failed'
    | 'body_too_large'
    | 'batch_too_large'
    | 'unsupported_media_type'
    | 'range_not_satisfiable'
    | 'invalid_request'
    | 'idempotency_key_reused'
    | 'raw_events_gone'
    | 'not_billable'
    | 'rate_limited'
    | 'headers_too_large'
    | 'internal_error'
    | 'unavailable';
  readonly request_id: string;
  readonly errors?: readonly {
    /** JSON pointer into the body */
    readonly pointer: string;
    readonly in?: 'query';
    readonly code?: string;
    readonly detail: string;
  }[];
};

export type Plan = {
  /** Of this version */
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly state: 'draft' | 'active' | 'archived';
  readonly name: string;
  readonly currency: string;
  readonly interval: 'day' | 'week' | 'month' | 'quarter' | 'year';
  readonly minimum_amount: string | null;
  readonly charges: readonly {
    readonly key: string;
    /** What invoices call it; the key if left out */
    readonly name?: string;
    /** Key of the meter that counts it; left out for a fee */
    readonly meter?: string;
    /** Only usage whose group-by properties have one of these values */
    readonly filter?: Readonly<Record<string, readonly string[]>>;
    /** A line of its own, with tiers, packages and free units of its own, for each combination of these properties */
    readonly group_by?: readonly string[];
    readonly price?: Price;
    /** Instead of `price`: one for each currency */
    readonly prices?: Prices;
    /** Name of a quantity of the subscription that is priced, such as seats */
    readonly quantity?: string;
    readonly billing: 'in_arrears' | 'in_advance' | 'once';
    /** How often it is billed where that is not the plan's period */
    readonly every?: 'day' | 'week' | 'month' | 'quarter' | 'year';
    /** Before anything else: units of the meter into units of the price */
    readonly convert?: {
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly divide?: string;
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly multiply?: string;
      readonly round: 'up' | 'down' | 'half_up' | 'none';
      /** Digits after the point that rounding leaves */
      readonly places: number;
    };
    /** Taken off the quantity before it is priced */
    readonly included_units?: string;
    /** Decimal string between 0 and 100. */
    readonly discount_percent?: string;
    /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
    readonly maximum_amount?: string;
    /** What is missing to it becomes a line of its own */
    readonly minimum_amount?: string;
    /** Whether fees and the minimum are shared by days in a part of a period */
    readonly prorate: boolean;
    /** The unit in which the price is written, such as credits, and what one of them is worth in money */
    readonly unit?: {
      readonly name: string;
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly rate: string;
    };
  }[];
  /** RFC 3339, UTC */
  readonly created_at: string;
};

export type Meter = {
  readonly key: string;
  readonly version: number;
  readonly name: string;
  readonly event_type: string;
  readonly aggregation: 'count' | 'sum' | 'min' | 'max' | 'avg' | 'latest' | 'unique' | 'weighted_sum';
  readonly value_property: string | null;
  readonly group_by: readonly string[];
  readonly filter: readonly Readonly<Record<string, unknown>>[];
  readonly effective_from: string | null;
  readonly effective_until: string | null;
  /** RFC 3339, UTC */
  readonly created_at: string;
  readonly archived_at: string | null;
};

export type Coupon = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly percent: string | null;
  readonly amount: string | null;
  /** Of the amount */
  readonly currency: string | null;
  readonly duration: 'once' | 'periods' | 'forever';
  readonly periods: number | null;
  /** Keys of the charges it is for; null: all */
  readonly charges: readonly string[] | null;
  readonly max_redemptions: number | null;
  /** How often it was applied, ended discounts too */
  readonly redemptions: number;
  readonly expires_on: string | null;
  readonly archived_at: string | null;
  /** RFC 3339, UTC */
  readonly created_at: string;
};

export type Invoice = {
  readonly id: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly number: string;
  readonly state: 'finalized' | 'voided';
  readonly billing_run: string | null;
  readonly due_date: string;
  /** null: a credit note */
  readonly payment: Payment2 | null;
  readonly voided: {
    /** RFC 3339, UTC */
    readonly at: string;
    readonly reason: string;
    readonly credit_note: {
      readonly id: string;
      readonly number: string;
    };
  } | null;
  readonly replaced_by: {
    readonly id: string;
    readonly number: string;
  } | null;
  /** RFC 3339, UTC */
  readonly finalized_at: string;
  /** Key of the customer; null once the buyer was erased */
  readonly customer: string | null;
  /** Of a draft: if it were issued now */
  readonly issue_date: string;
  readonly currency: string;
  /** Local dates; to is not included */
  readonly period: {
    readonly from: string;
    readonly to: string;
    readonly time_zone: string;
  } | null;
  /** Sum of the line amounts */
  readonly subtotal: string;
  readonly discount_total: string;
  readonly total_excluding_tax: string;
  readonly tax_total: string;
  readonly total: string;
  readonly credit_applied: string;
  readonly prepaid_applied: string;
  /** What is left to be paid when it is issued */
  readonly amount_due: string;
  readonly corrects: {
    readonly id: string;
    readonly number: string;
    readonly reason: string;
    /** It follows newer usage */
    readonly late?: true;
  } | null;
  readonly replaces: {
    readonly id: string;
    readonly number: string;
  } | null;
  readonly seller: {
    readonly name: string;
    readonly address_lines: readonly string[];
  };
  readonly buyer:
    | {
        readonly name: string;
        readonly address_lines: readonly string[];
        readonly key: string;
      }
    | {
        readonly redacted: true;
        readonly digest: string;
      };
  readonly payment_terms_days: number;
  readonly lines: readonly Line[];
  readonly discounts: readonly {
    readonly name: string;
    readonly lines: readonly number[];
    /** What it took off */
    readonly taken: string;
  }[];
  readonly taxes: readonly {
    readonly key: string;
    readonly name: string;
    readonly percent: string;
    readonly inclusive: boolean;
    readonly base: string;
    readonly amount: string;
  }[];
  readonly tax_treatment: 'standard' | 'reverse_charge' | 'exempt' | 'out_of_scope';
  readonly tax_treatment_reason: string | null;
  /** Of a credit note: what became of its total */
  readonly settlement: {
    readonly offset: string;
    readonly refund: string;
    readonly credit: string;
  } | null;
  readonly exchange: {
    readonly currency: string;
    readonly rate: string;
    readonly date: string;
    readonly source: string;
  } | null;
  readonly notes: readonly string[];
  /** Log offsets up to which usage was seen */
  readonly watermark: {
    readonly epoch: number;
    readonly offsets: Readonly<Record<string, string>>;
  };
  readonly url: string | null;
  /** SHA-256 of this document in its chain, printed on the PDF */
  readonly hash: string;
  readonly previous_hash: string;
};

export type Payment = {
  readonly id: string;
  readonly invoice: {
    readonly id: string;
    readonly number: string;
  };
  /** Key of the customer */
  readonly customer: string;
  readonly currency: string;
  /** As it came in: applied and credited */
  readonly amount: string;
  /** What it paid on the invoice */
  readonly applied: string;
  /** What was more than was left to pay and went to the customer's credit balance */
  readonly credited: string;
  readonly refunded: string;
  readonly received_on: string;
  readonly method: 'bank_transfer' | 'card' | 'cash' | 'check' | 'direct_debit' | 'other';
  readonly reference: string | null;
  readonly refunds: readonly {
    readonly id: string;
    readonly amount: string;
    readonly reason: string;
    /** RFC 3339, UTC */
    readonly created_at: string;
  }[];
  /** RFC 3339, UTC */
  readonly created_at: string;
};

export type Customer = {
  readonly id: string;
  readonly key: string;
  /** Other names under which events name it */
  readonly aliases: readonly string[];
  readonly name: string;
  readonly email: string | null;
  readonly address_lines: readonly string[];
  readonly tax_id: string | null;
  readonly tax_treatment: 'standard' | 'reverse_charge' | 'exempt' | 'out_of_scope';
  readonly tax_treatment_reason: string | null;
  /** Keys; null: those of the organization */
  readonly tax_rates: readonly string[] | null;
  /** Null: as the organization says */
  readonly grace_minutes: number | null;
  /** Null: as the organization says */
  readonly payment_terms_days: number | null;
  readonly time_zone: string;
  /** RFC 3339, UTC */
  readonly created_at: string;
  /** When its personal data was removed */
  readonly erased_at: string | null;
};

export type TaxRate = {
  /** Of this entry */
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly percent: string;
  readonly inclusive: boolean;
  /** Keys of the charges it is for; null: all */
  readonly charges: readonly string[] | null;
  readonly valid_from: string;
  /** First day on which it holds no more; null: open */
  readonly valid_to: string | null;
  /** RFC 3339, UTC */
  readonly created_at: string;
};

export type DeadLetter = {
  readonly id: string;
  /** undecodable, unknown_version, malformed, unreadable_value, too_old_to_dedupe or refused */
  readonly reason: string;
  readonly detail: string;
  /** RFC 3339, UTC */
  readonly received_at: string;
  /** When the usage happened; null: it cannot be read */
  readonly event_time: string | null;
  readonly log: {
    readonly epoch: number;
    readonly partition: number;
    readonly offset: string;
  };
  /** As it lies in the log */
  readonly record: string;
  /** base64: the record is no UTF-8 */
  readonly encoding: 'utf-8' | 'base64';
  readonly replayed_at: string | null;
  readonly discarded_at: string | null;
};

export type Subscription = {
  readonly id: string;
  readonly customer: string;
  readonly plan: string;
  readonly version: number;
  readonly state: 'scheduled' | 'trialing' | 'active' | 'paused' | 'ended';
  readonly currency: string;
  readonly starts_on: string;
  /** First day that is not billed any more */
  readonly ends_on: string | null;
  /** When the cancellation came in that made it end on ends_on */
  readonly canceled_at: string | null;
  /** Pinned when the subscription was made */
  readonly time_zone: string;
  readonly anchor: 'calendar' | string;
  readonly quantities: Readonly<Record<string, string>>;
  readonly overrides: Overrides;
  readonly trial_days: number;
  readonly trial_usage: 'billed' | 'free';
  /** First day with fees */
  readonly trial_ends_on: string | null;
  /** Of the plan, half open; null while none runs */
  readonly current_period: {
    readonly from: string;
    readonly to: string;
  } | null;
  /** RFC 3339, UTC */
  readonly created_at: string;
};

export type ExchangeRate = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** What one unit of `from` costs in `to` */
  readonly rate: string;
  readonly date: string;
  readonly source: string;
  /** RFC 3339, UTC */
  readonly created_at: string;
  /** null: in force */
  readonly withdrawn_at: string | null;
};

export type InvoiceDraft = {
  /** Also of the invoice that it becomes */
  readonly id: string;
  readonly kind: 'invoice';
  readonly state: 'draft';
  /** period: what is due of subscriptions; one_off: lines entered by hand */
  readonly of: 'period' | 'one_off';
  /** Local date on which its period fell due */
  readonly due_on: string | null;
  /** When a run finalizes it; null: only by hand */
  readonly finalize_at: string | null;
  readonly manual_lines: readonly {
    readonly id: string;
    readonly description: string;
    readonly quantity: string;
    readonly unit_amount: string;
  }[];
  readonly manual_discounts: readonly {
    readonly id: string;
    readonly name: string;
    readonly percent?: string;
    readonly amount?: string;
  }[];
  /** When it was made last, from the usage of then */
  readonly refreshed_at: string;
  /** RFC 3339, UTC */
  readonly created_at: string;
  /** Key of the customer; null once the buyer was erased */
  readonly customer: string | null;
  /** Of a draft: if it were issued now */
  readonly issue_date: string;
  readonly currency: string;
  /** Local dates; to is not included */
  readonly period: {
    readonly from: string;
    readonly to: string;
    readonly time_zone: string;
  } | null;
  /** Sum of the line amounts */
  readonly subtotal: string;
  readonly discount_total: string;
  readonly total_excluding_tax: string;
  readonly tax_total: string;
  readonly total: string;
  readonly credit_applied: string;
  readonly prepaid_applied: string;
  /** What is left to be paid when it is issued */
  readonly amount_due: string;
  readonly corrects: {
    readonly id: string;
    readonly number: string;
    readonly reason: string;
    /** It follows newer usage */
    readonly late?: true;
  } | null;
  readonly replaces: {
    readonly id: string;
    readonly number: string;
  } | null;
  readonly seller: {
    readonly name: string;
    readonly address_lines: readonly string[];
  };
  readonly buyer:
    | {
        readonly name: string;
        readonly address_lines: readonly string[];
        readonly key: string;
      }
    | {
        readonly redacted: true;
        readonly digest: string;
      };
  readonly payment_terms_days: number;
  readonly lines: readonly Line[];
  readonly discounts: readonly {
    readonly name: string;
    readonly lines: readonly number[];
    /** What it took off */
    readonly taken: string;
  }[];
  readonly taxes: readonly {
    readonly key: string;
    readonly name: string;
    readonly percent: string;
    readonly inclusive: boolean;
    readonly base: string;
    readonly amount: string;
  }[];
  readonly tax_treatment: 'standard' | 'reverse_charge' | 'exempt' | 'out_of_scope';
  readonly tax_treatment_reason: string | null;
  /** Of a credit note: what became of its total */
  readonly settlement: {
    readonly offset: string;
    readonly refund: string;
    readonly credit: string;
  } | null;
  readonly exchange: {
    readonly currency: string;
    readonly rate: string;
    readonly date: string;
    readonly source: string;
  } | null;
  readonly notes: readonly string[];
  /** Log offsets up to which usage was seen */
  readonly watermark: {
    readonly epoch: number;
    readonly offsets: Readonly<Record<string, string>>;
  };
};

export type InvoicePage = {
  readonly data: readonly {
    readonly id: string;
    readonly kind: 'invoice' | 'credit_note';
    readonly number: string;
    readonly state: 'finalized' | 'voided';
    readonly billing_run: string | null;
    readonly due_date: string;
    /** null: a credit note */
    readonly payment: Payment2 | null;
    readonly voided: {
      /** RFC 3339, UTC */
      readonly at: string;
      readonly reason: string;
      readonly credit_note: {
        readonly id: string;
        readonly number: string;
      };
    } | null;
    readonly replaced_by: {
      readonly id: string;
      readonly number: string;
    } | null;
    /** RFC 3339, UTC */
    readonly finalized_at: string;
    /** Key of the customer; null once the buyer was erased */
    readonly customer: string | null;
    /** Of a draft: if it were issued now */
    readonly issue_date: string;
    readonly currency: string;
    /** Local dates; to is not included */
    readonly period: {
      readonly from: string;
      readonly to: string;
      readonly time_zone: string;
    } | null;
    /** Sum of the line amounts */
    readonly subtotal: string;
    readonly discount_total: string;
    readonly total_excluding_tax: string;
    readonly tax_total: string;
    readonly total: string;
    readonly credit_applied: string;
    readonly prepaid_applied: string;
    /** What is left to be paid when it is issued */
    readonly amount_due: string;
    readonly corrects: {
      readonly id: string;
      readonly number: string;
      readonly reason: string;
      /** It follows newer usage */
      readonly late?: true;
    } | null;
    readonly replaces: {
      readonly id: string;
      readonly number: string;
    } | null;
  }[];
  /** null: this is the last page */
  readonly next_cursor: string | null;
};

export type BillingRun = {
  readonly id: string;
  readonly state: 'queued' | 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** What it waits for, or why it ended so */
  readonly state_reason: string | null;
  readonly ends_after: string;
  readonly ends_until: string;
  readonly dry_run: boolean;
  /** Whom it is for */
  readonly customers: 'all' | 'chosen';
  /** The run whose parked customers it tries again */
  readonly retry_of: string | null;
  readonly requested_by: string;
  /** late: looks for usage that came or was corrected after it was billed, of services that ended in that time */
  readonly purpose: 'periods' | 'late';
  readonly phase: 'waiting' | 'running' | 'rendering' | 'ended';
  /** Done and to come; exact once all are done, since some to come may have nothing due */
  readonly customers_due: number;
  /** Billed or parked */
  readonly customers_done: number;
  /** By a dry run: that would be */
  readonly invoices_created: number;
  /** Not made, since all their lines would have been zero; their periods count as billed */
  readonly invoices_skipped: number;
  readonly invoices_per_second: number | null;
  /** Until all customers are done, at the pace so far */
  readonly seconds_left: number | null;
  /** Events of its service periods that could not be counted when it began to bill; null before */
  readonly dead_letters: number | null;
  /** RFC 3339, UTC */
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
};

export type Organization = {
  readonly id: number;
  readonly name: string;
  readonly mode: 'live' | 'test';
  readonly event_max_age_days: number;
  readonly event_max_ahead_seconds: number;
  readonly grace_minutes: number;
  readonly time_zone: string;
  readonly seller: Seller;
  readonly payment_terms_days: number;
  readonly tax_rates: readonly string[];
  readonly currency: string | null;
  readonly numbering: {
    readonly invoice: string;
    readonly credit_note: string;
    readonly reset: 'never' | 'yearly';
  };
  readonly document_url: string | null;
  readonly document_notes: readonly string[];
  readonly dead_letters: 'warn' | 'block';
  readonly retention_years: number;
  /** RFC 3339, UTC */
  readonly created_at: string;
};

export type Backfill = {
  readonly meter: string;
  readonly state: 'running' | 'finished';
  /** RFC 3339, UTC */
  readonly requested_at: string;
  readonly finished_at: string | null;
  /** Events of the organization that were looked at, of any type */
  readonly events_seen: number;
  /** How many there are, about */
  readonly events_total: number;
  readonly events_counted: number;
};

export type Discount = {
  readonly id: string;
  readonly customer: string;
  readonly coupon: string;
  /** Only its bills; null: those of all subscriptions of the customer */
  readonly subscription: string | null;
  readonly name: string;
  readonly percent: string | null;
  readonly amount: string | null;
  /** Of the amount */
  readonly currency: string | null;
  readonly duration: 'once' | 'periods' | 'forever';
  readonly periods: number | null;
  /** Keys of the charges it is for; null: all */
  readonly charges: readonly string[] | null;
  readonly starts_on: string;
  /** First day on which it applies no more; null: it runs */
  readonly ends_on: string | null;
  /** Billing periods in which documents took of it */
  readonly periods_used: number;
  /** null: for ever */
  readonly periods_left: number | null;
  /** RFC 3339, UTC */
  readonly created_at: string;
};

export type BalanceAdjustment = {
  /** Of the adjustment, or of the document or payment that it was made for */
  readonly id: string;
  readonly kind: 'adjustment' | 'invoice' | 'invoice_voided' | 'credit_note' | 'overpayment';
  readonly currency: string;
  readonly entries: readonly {
    readonly account: 'credit' | 'prepaid';
    /** Added; below zero: taken */
    readonly amount: string;
    /** Of the account, after it */
    readonly balance: string;
  }[];
  readonly reason: string | null;
  /** RFC 3339, UTC */
  readonly created_at: string;
};

export type Explain = {
  readonly document: {
    readonly id: string;
    readonly kind: 'invoice' | 'credit_note';
    readonly number: string;
    readonly issue_date: string;
    readonly currency: string;
    readonly hash: string;
    readonly watermark: {
      readonly epoch: number;
      readonly offsets: Readonly<Record<string, string>>;
    };
  };
  /** As it stands on the document, with its price steps */
  readonly line: {
    readonly position: number;
    readonly amount: string;
  };
  /** Terms of the charge on that day, or of the version of the plan that the line is priced_by, overrides applied; null for what belongs to none */
  readonly charge: Readonly<Record<string, unknown>> | null;
  /** Local dates that the line bills and the whole period around them: fees and minimums are shared by days */
  readonly period: {
    readonly from: string;
    readonly to: string;
    readonly period_from: string;
    readonly period_to: string;
    readonly days: number;
    readonly period_days: number;
    readonly time_zone: string;
  } | null;
  readonly usage: {
    readonly meter: string;
    readonly aggregation: string;
    /** Of the meter; events of any of them count */
    readonly versions: readonly {
      readonly id: number;
      readonly version: number;
      readonly event_type: string;
      readonly value_property: string | null;
      readonly group_by: readonly string[];
      readonly filter: readonly Readonly<Record<string, unknown>>[];
      readonly effective_from: string | null;
      readonly effective_until: string | null;
    }[];
    /** What events call the customer, now */
    readonly names: readonly string[];
    /** Events that name it, or none, count */
    readonly subscription: string;
    /** RFC 3339, UTC */
    readonly from: string;
    /** RFC 3339, UTC */
    readonly to: string;
    /** What the line says it was made from */
    readonly billed: {
      readonly quantity: string;
      /** A whole number */
      readonly event_count: string;
      /** Sum of the hashes of the events mod 2^256, decimal */
      readonly digest: string;
      /** Summed over time: the level at the beginning, made by earlier events */
      readonly carried_in: string;
    };
    /** The same today. null: raw events of a cut hour are gone */
    readonly now: {
      readonly quantity: string;
      /** A whole number */
      readonly event_count: string;
      /** Sum of the hashes of the events mod 2^256, decimal */
      readonly digest: string;
      /** Summed over time: the level at the beginning, made by earlier events */
      readonly carried_in: string;
    } | null;
    /** What came after the watermark and is no part of the line: now less billed */
    readonly late: {
      readonly quantity: string;
      /** A whole number */
      readonly event_count: string;
    } | null;
    /** Events of the meter's types that voids and amendments took back */
    readonly taken_back: {
      readonly before_watermark: number;
      readonly since: number;
    };
    /** From here on raw events are kept, and with them hours and events; null: all are */
    readonly raw_events_from: string | null;
  } | null;
  /** Of a minimum: the lines of its charge. Of a commitment: those of its period on this document. `counts`: all that counted towards it when the line was made, on any document */
  readonly compared: {
    readonly minimum_amount: string | null;
    readonly lines: readonly {
      readonly position: number;
      readonly amount: string;
    }[];
    readonly counts: readonly {
      readonly document: {
        readonly id: string;
        readonly number: string;
      };
      readonly charge_key: string;
      readonly kind: string;
      /** RFC 3339, UTC */
      readonly service_from: string;
      /** RFC 3339, UTC */
      readonly service_to: string;
      readonly group?: Readonly<Record<string, unknown>>;
      readonly quantity?: string;
      readonly amount: string;
    }[];
  } | null;
  /** Of an adjustment: what was billed of the same before it was made, and on which documents */
  readonly adjusted: {
    /** What kind of line it is a difference of */
    readonly kind: string;
    readonly before: readonly {
      readonly document: {
        readonly id: string;
        readonly number: string;
        readonly kind: 'invoice' | 'credit_note';
      };
      readonly position: number;
      /** After discounts */
      readonly amount: string;
    }[];
    /** Their sum; the line adds to it */
    readonly billed_before: string;
  } | null;
};

export type HourPage = {
  readonly data: readonly {
    /** Beginning of the hour of UTC */
    readonly hour: string;
    /** RFC 3339, UTC */
    readonly from: string;
    /** The part of it that the line bills */
    readonly to: string;
    readonly meter_id: number;
    readonly event_count: number;
    /** Sum of the hashes of the events mod 2^256, decimal */
    readonly digest: string;
    /** Sum of the values; of a count, the number of events */
    readonly total: string;
    /** Summed over time: sum of value times the milliseconds left of the hour */
    readonly weighted: string | null;
    readonly minimum: string | null;
    readonly maximum: string | null;
    readonly latest: {
      readonly value: string;
      /** RFC 3339, UTC */
      readonly time: string;
    } | null;
    readonly distinct: number | null;
    /** The same part today; changed: something came or was taken back after the watermark */
    readonly now: {
      /** A whole number */
      readonly event_count: string;
      /** Sum of the hashes of the events mod 2^256, decimal */
      readonly digest: string;
      readonly changed: boolean;
    };
  }[];
  /** null: this is the last page */
  readonly next_cursor: string | null;
};

export type EventPage = {
  readonly data: readonly {
    readonly id: string;
    readonly source: string;
    readonly type: string;
    readonly customer: string;
    readonly subscription: string | null;
    /** RFC 3339, UTC */
    readonly time: string;
    readonly time_given: boolean;
    readonly properties: Readonly<Record<string, string | number | boolean>>;
    readonly meter_id: number;
    /** What the meter read */
    readonly value: string;
    readonly group: Readonly<Record<string, unknown>> | null;
    readonly revision: number;
    /** SHA-256 that enters the digest, hex */
    readonly hash: string;
    /** From here on it counts */
    readonly log: {
      readonly epoch: number;
      readonly partition: number;
      readonly offset: string;
    };
  }[];
  /** null: this is the last page */
  readonly next_cursor: string | null;
};

export type ApiKey = {
  readonly id: string;
  readonly name: string;
  /** How the key begins, to tell keys apart */
  readonly prefix: string;
  /** Empty: it has a role */
  readonly scopes: readonly ('ingest' | 'read' | 'write' | 'admin')[];
  readonly role: 'owner' | 'admin' | 'finance' | 'developer' | 'read_only' | null;
  /** RFC 3339, UTC */
  readonly created_at: string;
  /** Refused from then on */
  readonly expires_at: string | null;
  /** Up to a minute behind */
  readonly last_used_at: string | null;
  /** The key that stands for it since it was rotated */
  readonly replaced_by: string | null;
  readonly revoked_at: string | null;
  /** Shown once and stored nowhere */
  readonly key: string;
};

export type CreditNoteInput = {
  readonly invoice: string;
  /** Printed on the credit note */
  readonly reason: string;
  /** All that is left of the invoice */
  readonly full?: true;
  readonly lines?: readonly {
    /** Position on the invoice */
    readonly line: number;
    /** With taxes; all that is left of the line if left out */
    readonly amount?: string;
  }[];
  /** With taxes, shared over the lines by what is left of them */
  readonly amount?: string;
  /** Where it goes. Left out: off what is unpaid, the rest as credit of the customer */
  readonly settlement?: {
    /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
    readonly offset?: string;
    /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
    readonly refund?: string;
    /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
    readonly credit?: string;
  };
};

export type Void = {
  readonly status: 'accepted';
  readonly kind: 'void' | 'amend';
  readonly event: {
    readonly id: string;
    readonly source: string;
  };
  readonly correction_id: string;
};

export type Preview = {
  readonly kind: 'credit_note';
  /** Key of the customer; null once the buyer was erased */
  readonly customer: string | null;
  /** Of a draft: if it were issued now */
  readonly issue_date: string;
  readonly currency: string;
  /** Local dates; to is not included */
  readonly period: {
    readonly from: string;
    readonly to: string;
    readonly time_zone: string;
  } | null;
  /** Sum of the line amounts */
  readonly subtotal: string;
  readonly discount_total: string;
  readonly total_excluding_tax: string;
  readonly tax_total: string;
  readonly total: string;
  readonly credit_applied: string;
  readonly prepaid_applied: string;
  /** What is left to be paid when it is issued */
  readonly amount_due: string;
  readonly corrects: {
    readonly id: string;
    readonly number: string;
    readonly reason: string;
    /** It follows newer usage */
    readonly late?: true;
  } | null;
  readonly replaces: {
    readonly id: string;
    readonly number: string;
  } | null;
  readonly seller: {
    readonly name: string;
    readonly address_lines: readonly string[];
  };
  readonly buyer:
    | {
        readonly name: string;
        readonly address_lines: readonly string[];
        readonly key: string;
      }
    | {
        readonly redacted: true;
        readonly digest: string;
      };
  readonly payment_terms_days: number;
  readonly lines: readonly Line[];
  readonly discounts: readonly {
    readonly name: string;
    readonly lines: readonly number[];
    /** What it took off */
    readonly taken: string;
  }[];
  readonly taxes: readonly {
    readonly key: string;
    readonly name: string;
    readonly percent: string;
    readonly inclusive: boolean;
    readonly base: string;
    readonly amount: string;
  }[];
  readonly tax_treatment: 'standard' | 'reverse_charge' | 'exempt' | 'out_of_scope';
  readonly tax_treatment_reason: string | null;
  /** Of a credit note: what became of its total */
  readonly settlement: {
    readonly offset: string;
    readonly refund: string;
    readonly credit: string;
  } | null;
  readonly exchange: {
    readonly currency: string;
    readonly rate: string;
    readonly date: string;
    readonly source: string;
  } | null;
  readonly notes: readonly string[];
  /** Log offsets up to which usage was seen */
  readonly watermark: {
    readonly epoch: number;
    readonly offsets: Readonly<Record<string, string>>;
  };
};

export type MarkUncollectible = {
  readonly invoice: {
    readonly id: string;
    readonly number: string;
  };
  readonly payment: Payment2;
  /** All there ever were, oldest first; the last one holds */
  readonly marks: readonly {
    readonly uncollectible: boolean;
    readonly reason: string | null;
    /** RFC 3339, UTC */
    readonly marked_at: string;
  }[];
};

export type Price =
  | {
      readonly model: 'flat';
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly amount: string;
    }
  | {
      readonly model: 'per_unit';
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly unit_amount: string;
    }
  | {
      readonly model: 'graduated';
      readonly tiers: readonly {
        /** Last quantity of the tier, inclusive; null for the last, open tier. */
        readonly up_to: string | null;
        /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
        readonly unit_amount: string;
        /** Charged once when the tier is entered; the first one at zero usage too. */
        readonly flat_amount?: string;
      }[];
    }
  | {
      readonly model: 'volume';
      readonly tiers: readonly {
        /** Last quantity of the tier, inclusive; null for the last, open tier. */
        readonly up_to: string | null;
        /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
        readonly unit_amount: string;
        /** Charged once when the tier is entered; the first one at zero usage too. */
        readonly flat_amount?: string;
      }[];
    }
  | {
      readonly model: 'stairstep';
      readonly tiers: readonly {
        /** Last quantity of the tier, inclusive; null for the last, open tier. */
        readonly up_to: string | null;
        /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
        readonly flat_amount: string;
      }[];
    }
  | {
      readonly model: 'package';
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly size: string;
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly amount: string;
      /** What a package that is begun counts: one, or none. */
      readonly round: 'up' | 'down';
    }
  | PercentagePrice
  | GraduatedPercentagePrice
  | MatrixPrice
  | {
      readonly model: 'dynamic';
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly multiplier: string;
    };

export type PercentagePrice = {
  readonly model: 'percentage';
  /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
  readonly percent: string;
  /** Beside the percentage, for each event. */
  readonly fixed_amount?: string;
  /** So many events cost nothing. */
  readonly free_events?: number;
  /** The first so much of what the events amount to costs nothing. */
  readonly free_amount?: string;
  /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
  readonly minimum_per_event?: string;
  /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
  readonly maximum_per_event?: string;
};

export type GraduatedPercentagePrice = {
  readonly model: 'graduated_percentage';
  readonly tiers: readonly {
    /** Last quantity of the tier, inclusive; null for the last, open tier. */
    readonly up_to: string | null;
    /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
    readonly percent: string;
    /** Charged once when the tier is entered; the first one at zero usage too. */
    readonly flat_amount?: string;
  }[];
};

export type MatrixPrice = {
  readonly model: 'matrix';
  readonly dimensions: readonly string[];
  readonly rates: readonly {
    readonly values: readonly string[];
    /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
    readonly unit_amount: string;
  }[];
  /** For values that have no rate; without it their usage is an error. */
  readonly default_unit_amount?: string;
};

export type Prices = Readonly<Record<string, Price>>;

export type Payment2 = {
  readonly status: 'open' | 'partially_paid' | 'paid' | 'overdue' | 'uncollectible' | 'voided';
  readonly amount_due: string;
  /** Payments less refunds */
  readonly amount_paid: string;
  readonly amount_remaining: string;
};

export type Line = {
  readonly position: number;
  readonly description: string;
  readonly quantity: string;
  /** Before discounts of the document */
  readonly amount: string;
  readonly discount: string;
  /** Without discount and tax */
  readonly net: string;
};

export type Overrides = Readonly<
  Record<
    string,
    {
      readonly price?: Price;
      readonly prices?: Prices;
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly included_units?: string;
      /** Decimal string between 0 and 100. */
      readonly discount_percent?: string;
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly maximum_amount?: string;
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly minimum_amount?: string;
    }
  >
>;

export type Seller = {
  readonly name?: string;
  readonly address_lines?: readonly string[];
  readonly tax_id?: string;
  readonly email?: string;
  /** Printed where the reader looks for how to pay */
  readonly bank_details?: readonly {
    readonly label: string;
    readonly value: string;
  }[];
};

export type Migration = {
  readonly id: string;
  readonly plan: string;
  /** null: whatever version they are on */
  readonly from_version: number | null;
  readonly to_version: number;
  readonly when: string;
  readonly state: 'running' | 'completed';
  /** Subscriptions to look at */
  readonly total: number;
  readonly looked_at: number;
  /** The others are on the version already, are on another plan by then, or failed */
  readonly moved: number;
  /** RFC 3339, UTC */
  readonly created_at: string;
  readonly finished_at: string | null;
};

export type Charge = {
  readonly key: string;
  /** What invoices call it; the key if left out */
  readonly name?: string;
  /** Key of the meter that counts it; left out for a fee */
  readonly meter?: string;
  /** Only usage whose group-by properties have one of these values */
  readonly filter?: Readonly<Record<string, readonly string[]>>;
  /** A line of its own, with tiers, packages and free units of its own, for each combination of these properties */
  readonly group_by?: readonly string[];
  readonly price?: PriceInput;
  /** Instead of `price`: one for each currency */
  readonly prices?: PricesInput;
  /** Name of a quantity of the subscription that is priced, such as seats */
  readonly quantity?: string;
  readonly billing?: 'in_arrears' | 'in_advance' | 'once';
  /** How often it is billed where that is not the plan's period */
  readonly every?: 'day' | 'week' | 'month' | 'quarter' | 'year';
  /** Before anything else: units of the meter into units of the price */
  readonly convert?: {
    /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
    readonly divide?: string;
    /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
    readonly multiply?: string;
    readonly round?: 'up' | 'down' | 'half_up' | 'none';
    /** Digits after the point that rounding leaves */
    readonly places?: number;
  };
  /** Taken off the quantity before it is priced */
  readonly included_units?: string;
  /** Decimal string between 0 and 100. */
  readonly discount_percent?: string;
  /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
  readonly maximum_amount?: string;
  /** What is missing to it becomes a line of its own */
  readonly minimum_amount?: string;
  /** Whether fees and the minimum are shared by days in a part of a period */
  readonly prorate?: boolean;
  /** The unit in which the price is written, such as credits, and what one of them is worth in money */
  readonly unit?: {
    readonly name: string;
    /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
    readonly rate: string;
  };
};

export type PriceInput =
  | {
      readonly model: 'flat';
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly amount: string;
    }
  | {
      readonly model: 'per_unit';
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly unit_amount: string;
    }
  | {
      readonly model: 'graduated';
      readonly tiers: readonly {
        /** Last quantity of the tier, inclusive; null for the last, open tier. */
        readonly up_to: string | null;
        /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
        readonly unit_amount: string;
        /** Charged once when the tier is entered; the first one at zero usage too. */
        readonly flat_amount?: string;
      }[];
    }
  | {
      readonly model: 'volume';
      readonly tiers: readonly {
        /** Last quantity of the tier, inclusive; null for the last, open tier. */
        readonly up_to: string | null;
        /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
        readonly unit_amount: string;
        /** Charged once when the tier is entered; the first one at zero usage too. */
        readonly flat_amount?: string;
      }[];
    }
  | {
      readonly model: 'stairstep';
      readonly tiers: readonly {
        /** Last quantity of the tier, inclusive; null for the last, open tier. */
        readonly up_to: string | null;
        /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
        readonly flat_amount: string;
      }[];
    }
  | {
      readonly model: 'package';
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly size: string;
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly amount: string;
      /** What a package that is begun counts: one, or none. */
      readonly round?: 'up' | 'down';
    }
  | PercentagePrice
  | GraduatedPercentagePrice
  | MatrixPrice
  | {
      readonly model: 'dynamic';
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly multiplier?: string;
    };

export type PricesInput = Readonly<Record<string, PriceInput>>;

export type EventInput = {
  /** Unique per source: the same id is counted once, whatever happens */
  readonly id: string;
  /** Where ids come from; ids of different sources are different events */
  readonly source?: string;
  /** What happened; meters select by it */
  readonly type: string;
  /** The seller's own key of the customer */
  readonly customer: string;
  /** Which of the customer's subscriptions it belongs to */
  readonly subscription?: string;
  /** When it happened: RFC 3339, or epoch milliseconds. Left out: when it arrives */
  readonly time?: string | number;
  /** What is counted and grouped by: flat. What must be exact, as strings */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
};

export type Filter = {
  readonly property: string;
  /** The property is this; a number and its decimal as text are the same */
  readonly eq?: string | number | boolean;
  /** The property is one of these */
  readonly in?: readonly (string | number | boolean)[];
  /** Whether the event has the property */
  readonly exists?: boolean;
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
};

export type OverridesInput = Readonly<
  Record<
    string,
    {
      readonly price?: PriceInput;
      readonly prices?: PricesInput;
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly included_units?: string;
      /** Decimal string between 0 and 100. */
      readonly discount_percent?: string;
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly maximum_amount?: string;
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly minimum_amount?: string;
    }
  >
>;

export interface Operations {
  /** Public keys by which customer tokens can be checked elsewhere */
  'GET /.well-known/jwks.json': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly keys: readonly {
        readonly kty: string;
        readonly kid: string;
        readonly alg: string;
        readonly use: 'sig';
      }[];
    };
  };
  /** The reference, as a page */
  'GET /docs': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Bytes;
  };
  /** All problems, as a page */
  'GET /docs/errors': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Bytes;
  };
  /** What a problem means, when it is answered, what to do; `type` of every problem leads here */
  'GET /docs/errors/{code}': {
    readonly path: {
      readonly code: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Bytes;
  };
  /** Whether the process lives */
  'GET /health': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly status: 'ok';
    };
  };
  /** Whether the process lives */
  'GET /health/live': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly status: 'ok';
    };
  };
  /** Whether the process can do its work, and what it lacks */
  'GET /health/ready': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly status: 'ok' | 'degraded' | 'unavailable';
      readonly dependencies: readonly {
        readonly name: string;
        readonly required: boolean;
        readonly status: 'ok' | 'failed';
        readonly message?: string;
      }[];
    };
  };
  /** Metrics of this process in the Prometheus text format */
  'GET /metrics': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Bytes;
  };
  /** This description, OpenAPI 3.1 */
  'GET /openapi.json': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly openapi: '3.1.0';
    };
  };
  /** Look for usage of a customer that came or was corrected after it was billed, however long ago, and bill it at once */
  'POST /v1/admin/customers/{key}/rerate': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Only services that ended after this day (UTC); all if left out */
      readonly from?: string;
      /** … and not after this one; today if left out */
      readonly to?: string;
      /** Only answer what would be made */
      readonly dry_run?: boolean;
    };
    readonly answer: {
      /** Queued; see /v1/billing-runs/{id}. Null on a dry run */
      readonly run: {
        readonly id: string;
      } | null;
      /** On a dry run: what would be made */
      readonly documents:
        | readonly {
            readonly kind: 'invoice' | 'credit_note';
            /** Key of the customer; null once the buyer was erased */
            readonly customer: string | null;
            /** Of a draft: if it were issued now */
            readonly issue_date: string;
            readonly currency: string;
            /** Local dates; to is not included */
            readonly period: {
              readonly from: string;
              readonly to: string;
              readonly time_zone: string;
            } | null;
            /** Sum of the line amounts */
            readonly subtotal: string;
            readonly discount_total: string;
            readonly total_excluding_tax: string;
            readonly tax_total: string;
            readonly total: string;
            readonly credit_applied: string;
            readonly prepaid_applied: string;
            /** What is left to be paid when it is issued */
            readonly amount_due: string;
            readonly corrects: {
              readonly id: string;
              readonly number: string;
              readonly reason: string;
              /** It follows newer usage */
              readonly late?: true;
            } | null;
            readonly replaces: {
              readonly id: string;
              readonly number: string;
            } | null;
            readonly seller: {
              readonly name: string;
              readonly address_lines: readonly string[];
            };
            readonly buyer:
              | {
                  readonly name: string;
                  readonly address_lines: readonly string[];
                  readonly key: string;
                }
              | {
                  readonly redacted: true;
                  readonly digest: string;
                };
            readonly payment_terms_days: number;
            readonly lines: readonly Line[];
            readonly discounts: readonly {
              readonly name: string;
              readonly lines: readonly number[];
              /** What it took off */
              readonly taken: string;
            }[];
            readonly taxes: readonly {
              readonly key: string;
              readonly name: string;
              readonly percent: string;
              readonly inclusive: boolean;
              readonly base: string;
              readonly amount: string;
            }[];
            readonly tax_treatment: 'standard' | 'reverse_charge' | 'exempt' | 'out_of_scope';
            readonly tax_treatment_reason: string | null;
            /** Of a credit note: what became of its total */
            readonly settlement: {
              readonly offset: string;
              readonly refund: string;
              readonly credit: string;
            } | null;
            readonly exchange: {
              readonly currency: string;
              readonly rate: string;
              readonly date: string;
              readonly source: string;
            } | null;
            readonly notes: readonly string[];
            /** Log offsets up to which usage was seen */
            readonly watermark: {
              readonly epoch: number;
              readonly offsets: Readonly<Record<string, string>>;
            };
          }[]
        | null;
    };
  };
  /** Void an invoice, credit it, and issue it anew for the usage as it is now, at the prices it had or the current ones; or draw its page again (credit notes, too) */
  'POST /v1/admin/invoices/{id}/regenerate': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Printed on the credit note */
      readonly reason?: string;
      /** By the newest active versions of its plans, overrides of the subscription applied; late usage has these prices from then on. Left out: by the prices it had */
      readonly prices?: 'current';
      /** Only says what would be issued; nothing is stored */
      readonly dry_run?: boolean;
      /** The document stays as it is; only its page is drawn, if it is missing or an older version drew it */
      readonly render_only?: boolean;
    };
    readonly answer:
      | {
          readonly voided: Invoice;
          readonly credit_note: Invoice;
          readonly invoice: Invoice;
          /** On other invoices, which had billed more of its period than there is */
          readonly other_credit_notes: readonly Invoice[];
        }
      | {
          readonly credit_note: Preview;
          readonly invoice: {
            readonly kind: 'invoice';
            /** Key of the customer; null once the buyer was erased */
            readonly customer: string | null;
            /** Of a draft: if it were issued now */
            readonly issue_date: string;
            readonly currency: string;
            /** Local dates; to is not included */
            readonly period: {
              readonly from: string;
              readonly to: string;
              readonly time_zone: string;
            } | null;
            /** Sum of the line amounts */
            readonly subtotal: string;
            readonly discount_total: string;
            readonly total_excluding_tax: string;
            readonly tax_total: string;
            readonly total: string;
            readonly credit_applied: string;
            readonly prepaid_applied: string;
            /** What is left to be paid when it is issued */
            readonly amount_due: string;
            readonly corrects: {
              readonly id: string;
              readonly number: string;
              readonly reason: string;
              /** It follows newer usage */
              readonly late?: true;
            } | null;
            readonly replaces: {
              readonly id: string;
              readonly number: string;
            } | null;
            readonly seller: {
              readonly name: string;
              readonly address_lines: readonly string[];
            };
            readonly buyer:
              | {
                  readonly name: string;
                  readonly address_lines: readonly string[];
                  readonly key: string;
                }
              | {
                  readonly redacted: true;
                  readonly digest: string;
                };
            readonly payment_terms_days: number;
            readonly lines: readonly Line[];
            readonly discounts: readonly {
              readonly name: string;
              readonly lines: readonly number[];
              /** What it took off */
              readonly taken: string;
            }[];
            readonly taxes: readonly {
              readonly key: string;
              readonly name: string;
              readonly percent: string;
              readonly inclusive: boolean;
              readonly base: string;
              readonly amount: string;
            }[];
            readonly tax_treatment: 'standard' | 'reverse_charge' | 'exempt' | 'out_of_scope';
            readonly tax_treatment_reason: string | null;
            /** Of a credit note: what became of its total */
            readonly settlement: {
              readonly offset: string;
              readonly refund: string;
              readonly credit: string;
            } | null;
            readonly exchange: {
              readonly currency: string;
              readonly rate: string;
              readonly date: string;
              readonly source: string;
            } | null;
            readonly notes: readonly string[];
            /** Log offsets up to which usage was seen */
            readonly watermark: {
              readonly epoch: number;
              readonly offsets: Readonly<Record<string, string>>;
            };
          };
          readonly other_credit_notes: readonly Preview[];
        }
      | {
          readonly document: Invoice;
          readonly renderer_version: number;
          /** Of the bytes of the page, hex; the ETag of the PDF */
          readonly sha256: string;
        };
  };
  /** Create an API key; it is shown once */
  'POST /v1/api-keys': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly name: string;
      /** write includes read; admin includes all */
      readonly scopes?: readonly ('ingest' | 'read' | 'write' | 'admin')[];
      /** Instead of scopes */
      readonly role?: 'owner' | 'admin' | 'finance' | 'developer' | 'read_only';
      /** Refused from then on; never if left out */
      readonly expires_at?: string;
    };
    readonly answer: ApiKey;
  };
  /** List API keys, expired and revoked ones too */
  'GET /v1/api-keys': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        readonly id: string;
        readonly name: string;
        /** How the key begins, to tell keys apart */
        readonly prefix: string;
        /** Empty: it has a role */
        readonly scopes: readonly ('ingest' | 'read' | 'write' | 'admin')[];
        readonly role: 'owner' | 'admin' | 'finance' | 'developer' | 'read_only' | null;
        /** RFC 3339, UTC */
        readonly created_at: string;
        /** Refused from then on */
        readonly expires_at: string | null;
        /** Up to a minute behind */
        readonly last_used_at: string | null;
        /** The key that stands for it since it was rotated */
        readonly replaced_by: string | null;
        readonly revoked_at: string | null;
      }[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** Revoke an API key; it is refused everywhere after a second */
  'DELETE /v1/api-keys/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Make a key that stands for this one, which expires after an overlap; it is shown once */
  'POST /v1/api-keys/{id}/rotate': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** How long the old key serves beside the new one */
      readonly overlap_seconds?: number;
      /** Of the new key; never if left out */
      readonly expires_at?: string;
    };
    readonly answer: ApiKey;
  };
  /** Who changed what, newest first */
  'GET /v1/audit-log': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      readonly actor?: string | 'operator';
      readonly subject?: string;
      readonly action?: string;
      readonly from?: string;
      /** Not included */
      readonly to?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        readonly id: string;
        /** RFC 3339, UTC */
        readonly at: string;
        /** Id of the API key, or "operator" */
        readonly actor: string;
        /** The route, such as PATCH /v1/customers/{key} */
        readonly action: string;
        /** The kind of what changed; null: nothing that is kept here */
        readonly resource: string | null;
        /** Key or id of what changed, or of what it belongs to */
        readonly subject: string;
        /** What changed as it was; null: it was not there */
        readonly before: Readonly<Record<string, unknown>> | null;
        /** As it is since then; null: it is gone */
        readonly after: Readonly<Record<string, unknown>> | null;
        readonly request_id: string;
        /** Where the request came from, as the server saw it */
        readonly address: string | null;
      }[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** Bill what is due; the work goes on after the answer */
  'POST /v1/billing-runs': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body:
      | {
          /** Everything that ended in this month and with its end */
          readonly period: string;
          /** Keys of the only customers to bill; without it all are */
          readonly customers?: readonly string[];
          /** Do all but finalize: nothing is stored but the run and its result */
          readonly dry_run?: boolean;
        }
      | {
          /** Bills periods that end after this day, 00:00 */
          readonly ends_after: string;
          /** … and not after this one */
          readonly ends_until: string;
          /** Keys of the only customers to bill; without it all are */
          readonly customers?: readonly string[];
          /** Do all but finalize: nothing is stored but the run and its result */
          readonly dry_run?: boolean;
        };
    readonly answer: BillingRun;
  };
  /** List billing runs, newest first */
  'GET /v1/billing-runs': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly BillingRun[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** One billing run: its progress, what it made, and customers it could not bill */
  'GET /v1/billing-runs/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly id: string;
      readonly state: 'queued' | 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';
      /** What it waits for, or why it ended so */
      readonly state_reason: string | null;
      readonly ends_after: string;
      readonly ends_until: string;
      readonly dry_run: boolean;
      /** Whom it is for */
      readonly customers: 'all' | 'chosen';
      /** The run whose parked customers it tries again */
      readonly retry_of: string | null;
      readonly requested_by: string;
      /** late: looks for usage that came or was corrected after it was billed, of services that ended in that time */
      readonly purpose: 'periods' | 'late';
      readonly phase: 'waiting' | 'running' | 'rendering' | 'ended';
      /** Done and to come; exact once all are done, since some to come may have nothing due */
      readonly customers_due: number;
      /** Billed or parked */
      readonly customers_done: number;
      /** By a dry run: that would be */
      readonly invoices_created: number;
      /** Not made, since all their lines would have been zero; their periods count as billed */
      readonly invoices_skipped: number;
      readonly invoices_per_second: number | null;
      /** Until all customers are done, at the pace so far */
      readonly seconds_left: number | null;
      /** Events of its service periods that could not be counted when it began to bill; null before */
      readonly dead_letters: number | null;
      /** RFC 3339, UTC */
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      /** What it made so far; a dry run: would have made */
      readonly totals: readonly {
        readonly currency: string;
        readonly invoices: number;
        readonly total: string;
        readonly credit_notes: number;
        /** On credit notes, not negative */
        readonly credited: string;
      }[];
      /** Known once all customers are done; null before and for dry runs */
      readonly pdfs: {
        readonly rendered: number;
        readonly missing: number;
      } | null;
      readonly parked_count: number;
      readonly parked_codes: readonly {
        readonly code: string;
        readonly customers: number;
      }[];
      /** The first of them by key; all at /v1/billing-runs/{id}/parked */
      readonly parked: readonly {
        readonly customer: string;
        readonly code: string;
        readonly detail: string;
        /** RFC 3339, UTC */
        readonly parked_at: string;
      }[];
      readonly warnings: readonly string[];
      /** The first documents that a dry run would have made; null for other runs */
      readonly drafts:
        | readonly {
            readonly kind: string;
            readonly currency: string;
            readonly total: string;
          }[]
        | null;
    };
  };
  /** End a run between two of its steps; what it finalized stays */
  'POST /v1/billing-runs/{id}/cancel': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: BillingRun;
  };
  /** Customers that a run could not bill, by key, each with the reason */
  'GET /v1/billing-runs/{id}/parked': {
    readonly path: {
      readonly id: string;
    };
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        readonly customer: string;
        readonly code: string;
        readonly detail: string;
        /** RFC 3339, UTC */
        readonly parked_at: string;
      }[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** Bill the customers that a run parked, once what kept them from it is mended: a new run */
  'POST /v1/billing-runs/{id}/retry-parked': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: BillingRun;
  };
  /** Write the running hour of every meter into the cache again, from the database */
  'POST /v1/cache/rebuild': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      /** Customers and meters, one entry each */
      readonly written: number;
    };
  };
  /** Signed ends of the chains of documents, newest first: keep them where nobody who can write to the database reaches them */
  'GET /v1/chain-heads': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        readonly organization: number;
        readonly series: string;
        readonly issue_date: string;
        readonly series_number: number;
        /** Of the document of that date and number, hex; it covers all documents before it */
        readonly hash: string;
        /** RFC 3339, UTC */
        readonly signed_at: string;
        readonly key_id: string;
        /** Ed25519, base64, over the RFC 8785 JSON of the fields above: organization, series, …, key_id */
        readonly signature: string;
        /** Ed25519, SubjectPublicKeyInfo, base64. Its SHA-256 begins with key_id */
        readonly public_key: string;
      }[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** Every change in order; go on behind next_cursor, also when there is nothing new yet */
  'GET /v1/changes': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the answer before */
      readonly after?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        readonly id: string;
        /** RFC 3339, UTC */
        readonly occurred_at: string;
        readonly type: string;
        /** Id of what changed */
        readonly subject: string;
        readonly data: Readonly<Record<string, unknown>>;
      }[];
      readonly next_cursor: string | null;
    };
  };
  /** Create a coupon; its terms never change */
  'POST /v1/coupons': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly key: string;
      /** What invoices call the discount */
      readonly name: string;
      /** Decimal string between 0 and 100. */
      readonly percent?: string;
      /** Instead of percent: money off, at most so much in each period */
      readonly amount?: string;
      /** Of the amount; bills in another currency are not discounted */
      readonly currency?: string;
      /** For one billing period, for so many of them, or until it is ended */
      readonly duration: 'once' | 'periods' | 'forever';
      /** How many, when duration is "periods" */
      readonly periods?: number;
      /** Keys of the charges it is for; all if left out */
      readonly charges?: readonly string[];
      /** How often it can be applied, to whomever */
      readonly max_redemptions?: number;
      /** First day, in the time zone of the organization, on which it cannot be applied any more */
      readonly expires_on?: string;
    };
    readonly answer: Coupon;
  };
  /** List coupons, archived ones too */
  'GET /v1/coupons': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly Coupon[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** One coupon */
  'GET /v1/coupons/{key}': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Coupon;
  };
  /** Rename a coupon; discounts made of it keep the name they have */
  'PATCH /v1/coupons/{key}': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: {
      readonly name: string;
    };
    readonly answer: Coupon;
  };
  /** Archive a coupon: it can be applied no more, its discounts stay */
  'POST /v1/coupons/{key}/archive': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Coupon;
  };
  /** List credit notes, newest first, without their lines */
  'GET /v1/credit-notes': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      /** Only of the customer with this key */
      readonly customer?: string;
      /** Only those that this run made */
      readonly billing_run?: string;
    };
    readonly body: undefined;
    readonly answer: InvoicePage;
  };
  /** Give back an invoice in part or all that is left of it */
  'POST /v1/credit-notes': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: CreditNoteInput;
    readonly answer: Invoice;
  };
  /** What a credit note would be; nothing is stored */
  'POST /v1/credit-notes/preview': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: CreditNoteInput;
    readonly answer: Preview;
  };
  /** One credit note with its lines and their evidence */
  'GET /v1/credit-notes/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Invoice;
  };
  /** How a line of the credit note came about: its price, what it was made from, and what came late */
  'GET /v1/credit-notes/{id}/lines/{position}/explain': {
    readonly path: {
      readonly id: string;
      /** Position of the line on the document */
      readonly position: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Explain;
  };
  /** The events of the line as they stood at the watermark, by time, source and id */
  'GET /v1/credit-notes/{id}/lines/{position}/explain/events': {
    readonly path: {
      readonly id: string;
      /** Position of the line on the document */
      readonly position: string;
    };
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      /** Only events of the hour that begins then */
      readonly hour?: string;
    };
    readonly body: undefined;
    readonly answer: EventPage;
  };
  /** The hours of the line as they were billed, recomputed from raw events up to the watermark */
  'GET /v1/credit-notes/{id}/lines/{position}/explain/hours': {
    readonly path: {
      readonly id: string;
      /** Position of the line on the document */
      readonly position: string;
    };
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: HourPage;
  };
  /** The credit note as PDF; the same bytes each time, until it is rendered again by a newer version. Takes Range, If-Range and If-None-Match */
  'GET /v1/credit-notes/{id}/pdf': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Bytes;
  };
  /** Check that the credit note was not touched: hash, signature, rows and page */
  'GET /v1/credit-notes/{id}/verify': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly ok: boolean;
      readonly checks: readonly {
        readonly name: string;
        readonly ok: boolean;
        readonly detail: string;
      }[];
    };
  };
  /** Create a customer */
  'POST /v1/customers': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      /** What events name as their customer */
      readonly key: string;
      /** Other names under which events name it; each belongs to one customer and is no key of another */
      readonly aliases?: readonly string[];
      readonly name: string;
      readonly email?: string | null;
      readonly address_lines?: readonly string[];
      readonly tax_id?: string | null;
      readonly tax_treatment?: 'standard' | 'reverse_charge' | 'exempt' | 'out_of_scope';
      readonly tax_treatment_reason?: string | null;
      /** Keys of the tax rates it pays; null: those of the organization; empty: none */
      readonly tax_rates?: readonly string[] | null;
      /** Its periods are billed this long after their end; null: as the organization says */
      readonly grace_minutes?: number | null;
      /** Days from issue to due date; null: as the organization says */
      readonly payment_terms_days?: number | null;
      /** Where its months begin; pinned by each subscription when it is made */
      readonly time_zone?: string;
    };
    readonly answer: Customer;
  };
  /** List customers */
  'GET /v1/customers': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly Customer[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** One customer */
  'GET /v1/customers/{key}': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Customer;
  };
  /** Change a customer; finalized documents and running subscriptions keep what they had */
  'PATCH /v1/customers/{key}': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Other names under which events name it; each belongs to one customer and is no key of another */
      readonly aliases?: readonly string[];
      readonly name?: string;
      readonly email?: string | null;
      readonly address_lines?: readonly string[];
      readonly tax_id?: string | null;
      readonly tax_treatment?: 'standard' | 'reverse_charge' | 'exempt' | 'out_of_scope';
      readonly tax_treatment_reason?: string | null;
      /** Keys of the tax rates it pays; null: those of the organization; empty: none */
      readonly tax_rates?: readonly string[] | null;
      /** Its periods are billed this long after their end; null: as the organization says */
      readonly grace_minutes?: number | null;
      /** Days from issue to due date; null: as the organization says */
      readonly payment_terms_days?: number | null;
      readonly time_zone?: string;
    };
    readonly answer: Customer;
  };
  /** Add to a balance of a customer or take from it, by hand */
  'POST /v1/customers/{key}/balance-adjustments': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Of your own, so that asking twice adjusts once */
      readonly id?: string;
      /** prepaid: money that was paid in; credit: money that was granted */
      readonly account: 'credit' | 'prepaid';
      readonly currency: string;
      /** Added to the balance; below zero: taken from it */
      readonly amount: string;
      readonly reason: string;
    };
    readonly answer: BalanceAdjustment;
  };
  /** What was added to balances of a customer and taken from them, newest first */
  'GET /v1/customers/{key}/balance-transactions': {
    readonly path: {
      readonly key: string;
    };
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      readonly currency?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly BalanceAdjustment[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** What a customer has, in each currency in which it ever had anything */
  'GET /v1/customers/{key}/balances': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        readonly currency: string;
        readonly prepaid: string;
        readonly credit: string;
      }[];
    };
  };
  /** Apply a coupon to a customer, behind the discounts that it has */
  'POST /v1/customers/{key}/discounts': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Key of the coupon */
      readonly coupon: string;
      /** Only bills of this subscription; all of the customer if left out */
      readonly subscription?: string;
      /** First day, in the customer's time zone; today if left out */
      readonly starts_on?: string;
    };
    readonly answer: Discount;
  };
  /** List discounts of a customer in the order in which they are applied, ended ones too */
  'GET /v1/customers/{key}/discounts': {
    readonly path: {
      readonly key: string;
    };
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly Discount[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** End a discount from today on, in the customer's time zone; what was billed keeps it */
  'DELETE /v1/customers/{key}/discounts/{id}': {
    readonly path: {
      readonly key: string;
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Discount;
  };
  /** Remove the personal data of a customer for good, once its documents need not be kept any more */
  'POST /v1/customers/{key}/erase': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly id: string;
      readonly key: string;
      /** RFC 3339, UTC */
      readonly erased_at: string;
      /** The key, and aliases under which usage came in: usage goes on bearing them */
      readonly kept_names: readonly string[];
    };
  };
  /** What a customer would be billed if what is used by now were all; made as a run makes it */
  'GET /v1/customers/{key}/invoice-preview': {
    readonly path: {
      readonly key: string;
    };
    readonly query: {
      /** What falls due by this local date; by the next such date if left out */
      readonly until?: string;
    };
    readonly body: undefined;
    readonly answer: {
      /** Local date by which all this falls due; null: nothing will */
      readonly until: string | null;
      readonly documents: readonly {
        readonly kind: 'invoice' | 'credit_note';
        /** Local date on which its period falls due */
        readonly due_on: string | null;
        /** All lines are zero: no invoice will be made of it */
        readonly skipped: boolean;
        /** Key of the customer; null once the buyer was erased */
        readonly customer: string | null;
        /** Of a draft: if it were issued now */
        readonly issue_date: string;
        readonly currency: string;
        /** Local dates; to is not included */
        readonly period: {
          readonly from: string;
          readonly to: string;
          readonly time_zone: string;
        } | null;
        /** Sum of the line amounts */
        readonly subtotal: string;
        readonly discount_total: string;
        readonly total_excluding_tax: string;
        readonly tax_total: string;
        readonly total: string;
        readonly credit_applied: string;
        readonly prepaid_applied: string;
        /** What is left to be paid when it is issued */
        readonly amount_due: string;
        readonly corrects: {
          readonly id: string;
          readonly number: string;
          readonly reason: string;
          /** It follows newer usage */
          readonly late?: true;
        } | null;
        readonly replaces: {
          readonly id: string;
          readonly number: string;
        } | null;
        readonly seller: {
          readonly name: string;
          readonly address_lines: readonly string[];
        };
        readonly buyer:
          | {
              readonly name: string;
              readonly address_lines: readonly string[];
              readonly key: string;
            }
          | {
              readonly redacted: true;
              readonly digest: string;
            };
        readonly payment_terms_days: number;
        readonly lines: readonly Line[];
        readonly discounts: readonly {
          readonly name: string;
          readonly lines: readonly number[];
          /** What it took off */
          readonly taken: string;
        }[];
        readonly taxes: readonly {
          readonly key: string;
          readonly name: string;
          readonly percent: string;
          readonly inclusive: boolean;
          readonly base: string;
          readonly amount: string;
        }[];
        readonly tax_treatment: 'standard' | 'reverse_charge' | 'exempt' | 'out_of_scope';
        readonly tax_treatment_reason: string | null;
        /** Of a credit note: what became of its total */
        readonly settlement: {
          readonly offset: string;
          readonly refund: string;
          readonly credit: string;
        } | null;
        readonly exchange: {
          readonly currency: string;
          readonly rate: string;
          readonly date: string;
          readonly source: string;
        } | null;
        readonly notes: readonly string[];
        /** Log offsets up to which usage was seen */
        readonly watermark: {
          readonly epoch: number;
          readonly offsets: Readonly<Record<string, string>>;
        };
      }[];
    };
  };
  /** Make a token by which the customer reads their own invoices, usage, balances and subscriptions */
  'POST /v1/customers/{key}/tokens': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: {
      readonly expires_in_seconds?: number;
    };
    readonly answer: {
      /** A JWT, sent as "Authorization: Bearer <token>"; stored nowhere */
      readonly token: string;
      /** RFC 3339, UTC */
      readonly expires_at: string;
    };
  };
  /** Revoke every token of the customer; they are refused everywhere after a second */
  'DELETE /v1/customers/{key}/tokens': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Records that could not be counted, newest first */
  'GET /v1/dead-letters': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      readonly reason?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly DeadLetter[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** Give dead letters up: they stay to be looked at, and no billing run waits for them */
  'POST /v1/dead-letters/discard': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly ids?: readonly string[];
      /** The oldest 1000 of that reason that are open */
      readonly reason?: string;
    };
    readonly answer: {
      /** How many were open until now */
      readonly discarded: number;
      /** There may be more of that reason: ask again */
      readonly more: boolean;
    };
  };
  /** Put dead letters into the log again; what is still wrong with them becomes a new dead letter */
  'POST /v1/dead-letters/replay': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly ids?: readonly string[];
      /** The oldest 1000 of that reason that are open */
      readonly reason?: string;
    };
    readonly answer: {
      readonly results: readonly {
        readonly id: string;
        /** unavailable: the log did not confirm; replay it again, nothing counts twice */
        readonly status: 'replayed' | 'replayed_before' | 'unavailable' | 'not_found';
      }[];
      /** There may be more of that reason: ask again */
      readonly more: boolean;
    };
  };
  /** One record that could not be counted */
  'GET /v1/dead-letters/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: DeadLetter;
  };
  /** Search events, as they stand, newest arrival first; a page can be empty and still have a next one */
  'GET /v1/events': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      readonly id?: string;
      /** '' for events that name none */
      readonly source?: string;
      /** Its key or an alias: events under any of its names */
      readonly customer?: string;
      readonly type?: string;
      /** The event’s own time */
      readonly from?: string;
      /** Not included */
      readonly to?: string;
      /** Arrival. Without customer, id and arrival: the last 24 hours */
      readonly received_from?: string;
      /** Not included */
      readonly received_to?: string;
      readonly state?: 'counted' | 'unassigned' | 'voided';
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        readonly id: string;
        readonly source: string;
        readonly type: string;
        readonly customer: string;
        readonly subscription: string | null;
        /** RFC 3339, UTC */
        readonly time: string;
        readonly properties: Readonly<Record<string, string | number | boolean>>;
        /** false: the sender left the time out and it is that of arrival */
        readonly time_given: boolean;
        /** Arrival of the event as first sent */
        readonly received_at: string;
        /** unassigned: no meter counted it */
        readonly state: 'counted' | 'unassigned' | 'voided';
        /** 0 as first sent, then one more with each amendment */
        readonly revision: number;
        /** SHA-256 of identity and payload as they stand */
        readonly hash: string;
        /** Where the event as first sent lies in the log */
        readonly log: {
          readonly epoch: number;
          readonly partition: number;
          /** A whole number of up to 19 digits */
          readonly offset: string;
        };
      }[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** Send usage events; each is answered by itself, after the log has it */
  'POST /v1/events': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body:
      | EventInput
      | readonly EventInput[]
      | {
          readonly events: readonly EventInput[];
        };
    readonly answer: {
      readonly accepted: number;
      readonly duplicates: number;
      readonly failed: readonly {
        readonly transaction_id: string | null;
        readonly reason: string;
      }[];
      readonly results: readonly {
        readonly id: string | null;
        readonly status: 'accepted' | 'duplicate' | 'conflict' | 'rejected' | 'unavailable';
        readonly code?: string;
        readonly detail?: string;
        readonly pointer?: string;
      }[];
    };
  };
  /** One event with its whole story: arrival, place in the log, hours, corrections, conflicts, invoice lines */
  'GET /v1/events/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: {
      /** Needed only where several sources use the id */
      readonly source?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly id: string;
      readonly source: string;
      readonly type: string;
      readonly customer: string;
      readonly subscription: string | null;
      /** RFC 3339, UTC */
      readonly time: string;
      readonly properties: Readonly<Record<string, string | number | boolean>>;
      /** false: the sender left the time out and it is that of arrival */
      readonly time_given: boolean;
      /** Arrival of the event as first sent */
      readonly received_at: string;
      /** unassigned: no meter counted it */
      readonly state: 'counted' | 'unassigned' | 'voided';
      /** 0 as first sent, then one more with each amendment */
      readonly revision: number;
      /** SHA-256 of identity and payload as they stand */
      readonly hash: string;
      /** Where the event as first sent lies in the log */
      readonly log: {
        readonly epoch: number;
        readonly partition: number;
        /** A whole number of up to 19 digits */
        readonly offset: string;
      };
      /** Hourly usage that it is part of now */
      readonly hours: readonly {
        readonly meter: string;
        /** Beginning of the hour of UTC */
        readonly hour: string;
        readonly group: Readonly<Record<string, unknown>> | null;
        readonly value: string;
      }[];
      readonly corrections: readonly {
        readonly correction_id: string;
        readonly kind: 'void' | 'amend';
        readonly state: 'waiting' | 'applied' | 'refused';
        /** Why it was refused */
        readonly detail: string | null;
        readonly reason: string;
        readonly actor: string;
        readonly changes: {
          readonly type?: string;
          readonly customer?: string;
          readonly subscription?: string | null;
          /** RFC 3339, UTC */
          readonly time?: string;
          readonly properties?: Readonly<Record<string, string | number | boolean>>;
        };
        readonly revision: number | null;
        /** RFC 3339, UTC */
        readonly received_at: string;
        readonly log: {
          readonly epoch: number;
          readonly partition: number;
          /** A whole number of up to 19 digits */
          readonly offset: string;
        };
      }[];
      /** Records with the same identity and other content; they do not count. The first 100 */
      readonly conflicts: readonly {
        /** RFC 3339, UTC */
        readonly received_at: string;
        readonly log: {
          readonly epoch: number;
          readonly partition: number;
          /** A whole number of up to 19 digits */
          readonly offset: string;
        };
        readonly record: Readonly<Record<string, unknown>>;
      }[];
      /** Lines of finalized documents that it went into */
      readonly invoice_lines: readonly {
        readonly document: {
          readonly id: string;
          readonly number: string;
          readonly kind: 'invoice' | 'credit_note';
          readonly voided: boolean;
        };
        readonly position: number;
        readonly charge: string;
        readonly subscription: string;
        readonly meter: string;
        /** RFC 3339, UTC */
        readonly service_from: string;
        /** RFC 3339, UTC */
        readonly service_to: string;
        /** The revision that was billed */
        readonly revision: number;
      }[];
    };
  };
  /** Replace what an event says; fields left out stay as they are. History stays */
  'POST /v1/events/{id}/amend': {
    readonly path: {
      /** Unique per source: the same id is counted once, whatever happens */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Of the event; "" for none. Needed only where an id exists under several */
      readonly source?: string;
      /** Why; kept with the event */
      readonly reason: string;
      /** Who asked for it; left out: the API key */
      readonly actor?: string;
      /** The same one again changes nothing; another one is another amendment */
      readonly correction_id: string;
      /** What happened; meters select by it */
      readonly type?: string;
      /** The seller's own key of the customer */
      readonly customer?: string;
      /** Which of the customer's subscriptions it belongs to */
      readonly subscription?: string;
      readonly time?: string;
      readonly properties?: unknown;
    };
    readonly answer: Void;
  };
  /** Take an event back: it counts no more, for good. History stays */
  'POST /v1/events/{id}/void': {
    readonly path: {
      /** Unique per source: the same id is counted once, whatever happens */
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Of the event; "" for none. Needed only where an id exists under several */
      readonly source?: string;
      /** Why; kept with the event */
      readonly reason: string;
      /** Who asked for it; left out: the API key */
      readonly actor?: string;
      /** The same one again changes nothing. Left out: there is one void of an event */
      readonly correction_id?: string;
    };
    readonly answer: Void;
  };
  /** Enter what one unit of a currency costs in another on a day */
  'POST /v1/exchange-rates': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly from: string;
      readonly to: string;
      /** What one unit of `from` costs in `to` */
      readonly rate: string;
      /** The day it is of. It holds for that day and the seven after it, until there is a newer one */
      readonly date: string;
      /** Who says so; printed on documents */
      readonly source: string;
    };
    readonly answer: ExchangeRate;
  };
  /** List exchange rates, last entered first, withdrawn ones too */
  'GET /v1/exchange-rates': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      readonly from?: string;
      readonly to?: string;
      readonly date?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly ExchangeRate[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** One exchange rate */
  'GET /v1/exchange-rates/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: ExchangeRate;
  };
  /** Withdraw an exchange rate, so that another can be entered; finalized documents keep it */
  'DELETE /v1/exchange-rates/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: ExchangeRate;
  };
  /** Signed ends of chains as NDJSON, in the order of the documents: what "tollbook verify --heads" reads */
  'GET /v1/exports/chain-heads': {
    readonly path: undefined;
    readonly query: {
      /** Of the last row that arrived: goes on behind it */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: Bytes;
  };
  /** Lines of invoices and credit notes as CSV or NDJSON, in the order of their documents */
  'GET /v1/exports/invoice-lines': {
    readonly path: undefined;
    readonly query: {
      /** As Accept asks for if left out; ndjson where it does not care */
      readonly format?: 'csv' | 'ndjson';
      /** Of the last row that arrived: goes on behind it */
      readonly cursor?: string;
      /** Both if left out */
      readonly kind?: 'invoice' | 'credit_note';
      /** Only of the customer with this key */
      readonly customer?: string;
      /** Only this invoice or credit note */
      readonly document?: string;
      /** First date of issue */
      readonly issued_from?: string;
      /** Last date of issue, inclusive */
      readonly issued_to?: string;
    };
    readonly body: undefined;
    readonly answer: Bytes;
  };
  /** Invoices and credit notes as CSV or NDJSON, in the order of their series; NDJSON holds what "tollbook verify" needs */
  'GET /v1/exports/invoices': {
    readonly path: undefined;
    readonly query: {
      /** As Accept asks for if left out; ndjson where it does not care */
      readonly format?: 'csv' | 'ndjson';
      /** Of the last row that arrived: goes on behind it */
      readonly cursor?: string;
      /** Both if left out */
      readonly kind?: 'invoice' | 'credit_note';
      /** Only of the customer with this key */
      readonly customer?: string;
      /** Only this invoice or credit note */
      readonly document?: string;
      /** First date of issue */
      readonly issued_from?: string;
      /** Last date of issue, inclusive */
      readonly issued_to?: string;
    };
    readonly body: undefined;
    readonly answer: Bytes;
  };
  /** List drafts of invoices, newest first, without their lines */
  'GET /v1/invoice-drafts': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      readonly customer?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        /** Also of the invoice that it becomes */
        readonly id: string;
        readonly kind: 'invoice';
        readonly state: 'draft';
        /** period: what is due of subscriptions; one_off: lines entered by hand */
        readonly of: 'period' | 'one_off';
        /** Local date on which its period fell due */
        readonly due_on: string | null;
        /** When a run finalizes it; null: only by hand */
        readonly finalize_at: string | null;
        readonly manual_lines: readonly {
          readonly id: string;
          readonly description: string;
          readonly quantity: string;
          readonly unit_amount: string;
        }[];
        readonly manual_discounts: readonly {
          readonly id: string;
          readonly name: string;
          readonly percent?: string;
          readonly amount?: string;
        }[];
        /** When it was made last, from the usage of then */
        readonly refreshed_at: string;
        /** RFC 3339, UTC */
        readonly created_at: string;
        /** Key of the customer; null once the buyer was erased */
        readonly customer: string | null;
        /** Of a draft: if it were issued now */
        readonly issue_date: string;
        readonly currency: string;
        /** Local dates; to is not included */
        readonly period: {
          readonly from: string;
          readonly to: string;
          readonly time_zone: string;
        } | null;
        /** Sum of the line amounts */
        readonly subtotal: string;
        readonly discount_total: string;
        readonly total_excluding_tax: string;
        readonly tax_total: string;
        readonly total: string;
        readonly credit_applied: string;
        readonly prepaid_applied: string;
        /** What is left to be paid when it is issued */
        readonly amount_due: string;
        readonly corrects: {
          readonly id: string;
          readonly number: string;
          readonly reason: string;
          /** It follows newer usage */
          readonly late?: true;
        } | null;
        readonly replaces: {
          readonly id: string;
          readonly number: string;
        } | null;
      }[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** One draft as it was made last */
  'GET /v1/invoice-drafts/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: InvoiceDraft;
  };
  /** Change the terms of a draft */
  'PATCH /v1/invoice-drafts/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Null: as the customer or the organization says */
      readonly payment_terms_days: number | null;
    };
    readonly answer: InvoiceDraft;
  };
  /** Throw away a draft of lines entered by hand */
  'DELETE /v1/invoice-drafts/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly id: string;
      readonly deleted: true;
    };
  };
  /** Add a discount on all lines of a draft, behind those of coupons */
  'POST /v1/invoice-drafts/{id}/discounts': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      readonly name: string;
      /** Decimal string between 0 and 100. */
      readonly percent?: string;
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly amount?: string;
    };
    readonly answer: InvoiceDraft;
  };
  /** Take a discount that was entered by hand off a draft */
  'DELETE /v1/invoice-drafts/{id}/discounts/{discount}': {
    readonly path: {
      readonly id: string;
      readonly discount: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: InvoiceDraft;
  };
  /** Add a line to a draft */
  'POST /v1/invoice-drafts/{id}/lines': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      readonly description: string;
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly quantity?: string;
      /** Below zero: it takes off. Taxed by the rates of the customer on the day of issue */
      readonly unit_amount: string;
    };
    readonly answer: InvoiceDraft;
  };
  /** Take a line that was entered by hand off a draft */
  'DELETE /v1/invoice-drafts/{id}/lines/{line}': {
    readonly path: {
      readonly id: string;
      readonly line: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: InvoiceDraft;
  };
  /** Make a draft anew from what is used by now; what was entered by hand stays */
  'POST /v1/invoice-drafts/{id}/refresh': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: InvoiceDraft;
  };
  /** List invoices, newest first, without their lines */
  'GET /v1/invoices': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      /** Only of the customer with this key */
      readonly customer?: string;
      /** Only those that this run made */
      readonly billing_run?: string;
      /** Only those whose payment stands so today */
      readonly status?: 'open' | 'partially_paid' | 'paid' | 'overdue' | 'uncollectible' | 'voided';
    };
    readonly body: undefined;
    readonly answer: InvoicePage;
  };
  /** Make a draft of lines entered by hand, outside of any subscription */
  'POST /v1/invoices': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly customer: string;
      readonly currency: string;
      readonly lines: readonly {
        readonly description: string;
        /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
        readonly quantity?: string;
        /** Below zero: it takes off. Taxed by the rates of the customer on the day of issue */
        readonly unit_amount: string;
      }[];
      readonly discounts?: readonly {
        readonly name: string;
        /** Decimal string between 0 and 100. */
        readonly percent?: string;
        /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
        readonly amount?: string;
      }[];
      /** Null: as the customer or the organization says */
      readonly payment_terms_days?: number | null;
    };
    readonly answer: InvoiceDraft;
  };
  /** One invoice with its lines and their evidence */
  'GET /v1/invoices/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Invoice;
  };
  /** Make a draft anew and finalize it now, without waiting for its grace; the same answer when it is final already */
  'POST /v1/invoices/{id}/finalize': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Invoice;
  };
  /** How a line of the invoice came about: its price, what it was made from, and what came late */
  'GET /v1/invoices/{id}/lines/{position}/explain': {
    readonly path: {
      readonly id: string;
      /** Position of the line on the document */
      readonly position: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Explain;
  };
  /** The events of the line as they stood at the watermark, by time, source and id */
  'GET /v1/invoices/{id}/lines/{position}/explain/events': {
    readonly path: {
      readonly id: string;
      /** Position of the line on the document */
      readonly position: string;
    };
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      /** Only events of the hour that begins then */
      readonly hour?: string;
    };
    readonly body: undefined;
    readonly answer: EventPage;
  };
  /** The hours of the line as they were billed, recomputed from raw events up to the watermark */
  'GET /v1/invoices/{id}/lines/{position}/explain/hours': {
    readonly path: {
      readonly id: string;
      /** Position of the line on the document */
      readonly position: string;
    };
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: HourPage;
  };
  /** Give up an invoice that is not paid; it can be paid all the same */
  'POST /v1/invoices/{id}/mark-uncollectible': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      readonly reason: string;
    };
    readonly answer: MarkUncollectible;
  };
  /** Expect the money of an invoice again that was given up */
  'DELETE /v1/invoices/{id}/mark-uncollectible': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: MarkUncollectible;
  };
  /** The invoice as PDF; the same bytes each time, until it is rendered again by a newer version. Takes Range, If-Range and If-None-Match */
  'GET /v1/invoices/{id}/pdf': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Bytes;
  };
  /** Check that the invoice was not touched: hash, signature, rows and page */
  'GET /v1/invoices/{id}/verify': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly ok: boolean;
      readonly checks: readonly {
        readonly name: string;
        readonly ok: boolean;
        readonly detail: string;
      }[];
    };
  };
  /** Take back a whole invoice by a credit note; what balances paid goes back to them */
  'POST /v1/invoices/{id}/void': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Printed on the credit note */
      readonly reason: string;
      /** Whether the next run over its period bills it again, the schedule’s too; otherwise what it billed stays settled */
      readonly bill_again?: boolean;
      /** Only says what the credit note would be; nothing is stored */
      readonly dry_run?: boolean;
    };
    readonly answer:
      | {
          readonly invoice: Invoice;
          readonly credit_note: Invoice;
        }
      | {
          readonly credit_note: Preview;
        };
  };
  /** Create a meter; it counts events that are processed from then on, and earlier ones by a backfill */
  'POST /v1/meters': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly key: string;
      readonly aggregation: 'count' | 'sum' | 'min' | 'max' | 'avg' | 'latest' | 'unique' | 'weighted_sum';
      readonly name: string;
      /** Events of this type are counted */
      readonly event_type: string;
      /** The property that is read, a decimal string or a number (of unique: any value); not for count */
      readonly value_property?: string;
      /** Properties whose values split the usage */
      readonly group_by?: readonly string[];
      /** Conditions on properties; only events that meet all are counted */
      readonly filter?: readonly Filter[];
      /** Events whose own time lies before this are not counted; null: no bound */
      readonly effective_from?: string | null;
    };
    readonly answer: Meter;
  };
  /** List meters in all their versions, archived ones too */
  'GET /v1/meters': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly Meter[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** One meter, in its newest version */
  'GET /v1/meters/{key}': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Meter;
  };
  /** Archive a meter: it counts no more, its usage stays */
  'POST /v1/meters/{key}/archive': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Meter;
  };
  /** Count events that arrived before the meter was made, from the raw events that are kept; once per meter */
  'POST /v1/meters/{key}/backfill': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Backfill;
  };
  /** How far a backfill has come */
  'GET /v1/meters/{key}/backfill': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Backfill;
  };
  /** Change a meter from a full hour on: the version before ends there, what it counted stays */
  'POST /v1/meters/{key}/versions': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: {
      readonly name: string;
      /** Events of this type are counted */
      readonly event_type: string;
      /** The property that is read, a decimal string or a number (of unique: any value); not for count */
      readonly value_property?: string;
      /** Properties whose values split the usage */
      readonly group_by?: readonly string[];
      /** Conditions on properties; only events that meet all are counted */
      readonly filter?: readonly Filter[];
      /** The version before ends here. Left out: the next full hour that no event can have reached yet */
      readonly effective_from?: string;
    };
    readonly answer: Meter;
  };
  /** The organization of the key */
  'GET /v1/organization': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Organization;
  };
  /** Change settings of the organization */
  'PATCH /v1/organization': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly name?: string;
      readonly event_max_age_days?: number;
      readonly event_max_ahead_seconds?: number;
      readonly grace_minutes?: number;
      readonly time_zone?: string;
      readonly seller?: Seller;
      readonly payment_terms_days?: number;
      readonly tax_rates?: readonly string[];
      readonly currency?: string | null;
      readonly numbering?: {
        readonly invoice?: string;
        readonly credit_note?: string;
        /** Whether numbers begin anew with each year */
        readonly reset?: 'never' | 'yearly';
      };
      readonly document_url?: string | null;
      readonly document_notes?: readonly string[];
      readonly dead_letters?: 'warn' | 'block';
      readonly retention_years?: number;
    };
    readonly answer: Organization;
  };
  /** Create an organization; its first admin key is shown once */
  'POST /v1/organizations': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly name: string;
      /** Never changes; a test organization can be deleted with all it holds */
      readonly mode?: 'live' | 'test';
      /** How many days an event may lie back when it arrives */
      readonly event_max_age_days?: number;
      /** How far an event may lie ahead when it arrives */
      readonly event_max_ahead_seconds?: number;
      /** A period is billed this long after its end */
      readonly grace_minutes?: number;
      /** Decides issue dates */
      readonly time_zone?: string;
      readonly seller?: Seller;
      /** Days from issue to due date */
      readonly payment_terms_days?: number;
      /** Keys of the tax rates that customers pay who have none of their own */
      readonly tax_rates?: readonly string[];
      /** Its own: documents in another tell the exchange rate and the figures in this one too */
      readonly currency?: string | null;
      readonly numbering?: {
        readonly invoice?: string;
        readonly credit_note?: string;
        /** Whether numbers begin anew with each year */
        readonly reset?: 'never' | 'yearly';
      };
      /** Where a document can be looked at, with {id}; printed as a QR code */
      readonly document_url?: string | null;
      /** Printed below the totals of invoices */
      readonly document_notes?: readonly string[];
      /** Whether events that could not be counted keep the periods they fall in from being billed */
      readonly dead_letters?: 'warn' | 'block';
      /** So many whole calendar years after the one of its last document a customer cannot be erased */
      readonly retention_years?: number;
    };
    readonly answer: {
      readonly id: number;
      readonly name: string;
      readonly mode: 'live' | 'test';
      readonly event_max_age_days: number;
      readonly event_max_ahead_seconds: number;
      readonly grace_minutes: number;
      readonly time_zone: string;
      readonly seller: Seller;
      readonly payment_terms_days: number;
      readonly tax_rates: readonly string[];
      readonly currency: string | null;
      readonly numbering: {
        readonly invoice: string;
        readonly credit_note: string;
        readonly reset: 'never' | 'yearly';
      };
      readonly document_url: string | null;
      readonly document_notes: readonly string[];
      readonly dead_letters: 'warn' | 'block';
      readonly retention_years: number;
      /** RFC 3339, UTC */
      readonly created_at: string;
      /** Shown once and stored nowhere */
      readonly admin_key: string;
    };
  };
  /** List the organizations of the installation */
  'GET /v1/organizations': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        readonly id: number;
        readonly name: string;
        readonly mode: 'live' | 'test';
        /** RFC 3339, UTC */
        readonly created_at: string;
      }[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** Delete a test organization with all it holds, for good */
  'DELETE /v1/organizations/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Tell of money that came in for an invoice, all or part of it */
  'POST /v1/payments': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      /** Of your own, so that telling twice pays once */
      readonly id?: string;
      /** Id of the invoice */
      readonly invoice: string;
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly amount: string;
      /** That of the invoice */
      readonly currency: string;
      readonly received_on: string;
      readonly method: 'bank_transfer' | 'card' | 'cash' | 'check' | 'direct_debit' | 'other';
      /** As the seller's books know it, such as the bank's reference */
      readonly reference?: string;
      /** What is more than is left to pay goes to the customer's credit balance; left out: it is refused */
      readonly overpayment?: 'credit';
    };
    readonly answer: Payment;
  };
  /** List payments with their refunds, newest first */
  'GET /v1/payments': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      /** Only of this invoice */
      readonly invoice?: string;
      /** Only of the customer with this key */
      readonly customer?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly Payment[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** One payment with its refunds */
  'GET /v1/payments/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Payment;
  };
  /** Tell that money of a payment was given back, at most what it paid on its invoice */
  'POST /v1/payments/{id}/refunds': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Of your own, so that telling twice refunds once */
      readonly id?: string;
      /** Decimal string, at most 30 digits before and 15 after the point, more than zero. */
      readonly amount: string;
      readonly reason: string;
    };
    readonly answer: Payment;
  };
  /** Create a plan, or the next version of the plan with this key */
  'POST /v1/plans': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly key: string;
      /** A draft can be replaced until it is activated */
      readonly state?: 'draft' | 'active';
      readonly name: string;
      readonly currency: string;
      /** How often it is billed */
      readonly interval?: 'day' | 'week' | 'month' | 'quarter' | 'year';
      /** Commitment: what all charges of a period together lack to it becomes a line of its own */
      readonly minimum_amount?: string;
      readonly charges: readonly Charge[];
    };
    readonly answer: Plan;
  };
  /** List all versions of all plans */
  'GET /v1/plans': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly Plan[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** One version of a plan */
  'GET /v1/plans/{key}': {
    readonly path: {
      readonly key: string;
    };
    readonly query: {
      /** The newest if left out */
      readonly version?: string;
    };
    readonly body: undefined;
    readonly answer: Plan;
  };
  /** Move the subscriptions on a plan to one of its versions; with dry_run tell, page by page, which and how */
  'POST /v1/plans/{key}/migrations': {
    readonly path: {
      readonly key: string;
    };
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: {
      /** Active version that they are to be on */
      readonly to_version: number;
      /** Only subscriptions on this version; all others if left out */
      readonly from_version?: number;
      /** As in a change of one subscription, for each in its own zone and period */
      readonly when: 'now' | 'period_end' | string;
      /** Moves nothing and tells what would be moved */
      readonly dry_run?: boolean;
    };
    readonly answer:
      | Migration
      | {
          readonly dry_run: true;
          /** Subscriptions to look at, on all pages */
          readonly total: number;
          readonly data: readonly {
            readonly subscription: string;
            readonly customer: string | null;
            readonly from_version: number | null;
            readonly to_version: number;
            readonly starts_on: string | null;
            readonly charges: {
              readonly added: readonly string[];
              readonly removed: readonly string[];
              readonly changed: readonly string[];
            } | null;
            /** Why it would stay; the other fields are null then */
            readonly problem: {
              readonly code: string;
              readonly detail: string;
            } | null;
          }[];
          readonly next_cursor: string | null;
        };
  };
  /** List the migrations of a plan, newest first */
  'GET /v1/plans/{key}/migrations': {
    readonly path: {
      readonly key: string;
    };
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly Migration[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** How far a migration has come, and which subscriptions stayed */
  'GET /v1/plans/{key}/migrations/{id}': {
    readonly path: {
      readonly key: string;
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly id: string;
      readonly plan: string;
      /** null: whatever version they are on */
      readonly from_version: number | null;
      readonly to_version: number;
      readonly when: string;
      readonly state: 'running' | 'completed';
      /** Subscriptions to look at */
      readonly total: number;
      readonly looked_at: number;
      /** The others are on the version already, are on another plan by then, or failed */
      readonly moved: number;
      /** RFC 3339, UTC */
      readonly created_at: string;
      readonly finished_at: string | null;
      readonly failed: number;
      /** The first 100 */
      readonly failures: readonly {
        readonly subscription: string;
        readonly code: string;
        readonly detail: string;
      }[];
    };
  };
  /** Replace what a draft says */
  'PUT /v1/plans/{key}/versions/{version}': {
    readonly path: {
      readonly key: string;
      readonly version: string;
    };
    readonly query: undefined;
    readonly body: {
      readonly name: string;
      readonly currency: string;
      /** How often it is billed */
      readonly interval?: 'day' | 'week' | 'month' | 'quarter' | 'year';
      /** Commitment: what all charges of a period together lack to it becomes a line of its own */
      readonly minimum_amount?: string;
      readonly charges: readonly Charge[];
    };
    readonly answer: Plan;
  };
  /** Make a draft active: it takes subscriptions and never changes again */
  'POST /v1/plans/{key}/versions/{version}/activate': {
    readonly path: {
      readonly key: string;
      readonly version: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Plan;
  };
  /** Take no new subscriptions on a plan version; those that it has stay */
  'POST /v1/plans/{key}/versions/{version}/archive': {
    readonly path: {
      readonly key: string;
      readonly version: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Plan;
  };
  /** What usage would cost, or what a customer would have paid; stores nothing */
  'POST /v1/quotes': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly currency: string;
      readonly charges?: readonly Charge[];
      readonly plan?: {
        readonly key: string;
        readonly version?: number;
      };
      readonly usage?: readonly {
        readonly charge: string;
        /** Decimal string, at most 30 digits before and 15 after the point. */
        readonly quantity?: string;
        /** Instead of a quantity: what each event amounts to, in order */
        readonly events?: readonly string[];
        /** Values of the charge's group-by properties, or of the dimensions of its matrix */
        readonly group?: Readonly<Record<string, string>>;
      }[];
      /** Instead of usage: what this customer used in `period` */
      readonly customer?: string;
      /** Local days of the customer's time zone, over by now */
      readonly period?: {
        readonly from: string;
        /** First day that does not belong to it */
        readonly to: string;
      };
      /** Whether usage comes on top of what was billed before, or holds it */
      readonly usage_is?: 'new' | 'cumulative';
      readonly billed_before?: readonly {
        readonly charge: string;
        /** Decimal string, at most 30 digits before and 15 after the point. */
        readonly quantity?: string;
        readonly events?: readonly string[];
        /** What was billed for it */
        readonly amount: string;
        /** Values of the charge's group-by properties, or of the dimensions of its matrix */
        readonly group?: Readonly<Record<string, string>>;
      }[];
      readonly quantities?: Readonly<Record<string, string>>;
      /** Local days, half open: what fees, seats and minimums are shared by */
      readonly service?: {
        readonly from: string;
        /** First day that is not billed */
        readonly to: string;
        readonly period_from: string;
        readonly period_to: string;
        readonly time_zone?: string;
      };
      /** Beside charges: the plan's commitment */
      readonly minimum_amount?: string;
      readonly discounts?: readonly {
        readonly name?: string;
        /** Decimal string between 0 and 100. */
        readonly percent?: string;
        /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
        readonly amount?: string;
        readonly charges?: readonly string[];
      }[];
      readonly tax_rates?: readonly {
        readonly name: string;
        /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
        readonly percent: string;
        /** Contained in the amounts rather than added to them */
        readonly inclusive?: boolean;
        readonly charges?: readonly string[];
      }[];
      readonly tax_treatment?: 'standard' | 'reverse_charge' | 'exempt' | 'out_of_scope';
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly prepaid_balance?: string;
    };
    readonly answer: {
      readonly currency: string;
      readonly lines: readonly {
        /** Null: the commitment of the plan */
        readonly charge: string | null;
        /** minimum: what was missing to it */
        readonly kind: 'charge' | 'minimum' | 'plan_minimum';
        readonly group: Readonly<Record<string, string | null>> | null;
        readonly quantity: string;
        /** Rounded, before discounts of the invoice */
        readonly amount: string;
        readonly discount: string;
        /** Without discount and tax */
        readonly net: string;
        readonly tax_amounts: readonly {
          readonly name: string;
          readonly percent: string;
          readonly amount: string;
        }[];
        /** How the amount came about; not rounded, they add up to it */
        readonly steps: readonly {
          readonly rule: string;
          readonly from?: string;
          readonly up_to?: string | null;
          readonly quantity: string;
          readonly result?: string;
          readonly per?: string;
          readonly unit_amount?: string;
          readonly percent?: string;
          readonly values?: readonly (string | null)[];
          readonly amount: string;
        }[];
      }[];
      /** Sum of the line amounts */
      readonly subtotal: string;
      readonly discount_total: string;
      readonly total_excluding_tax: string;
      readonly taxes: readonly {
        readonly name: string;
        readonly percent: string;
        readonly inclusive: boolean;
        readonly base: string;
        readonly amount: string;
      }[];
      readonly tax_total: string;
      readonly total: string;
      readonly prepaid_applied: string;
      readonly amount_due: string;
    };
  };
  /** What became of every record, by days of arrival (UTC) */
  'GET /v1/reconciliation': {
    readonly path: undefined;
    readonly query: {
      readonly from: string;
      /** Not included */
      readonly to: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly from: string;
      readonly to: string;
      /** Taken from the log; the sum of the six that follow */
      readonly records: number;
      /** Events that a meter counted */
      readonly counted: number;
      /** Events that no meter counted; kept */
      readonly unassigned: number;
      /** Sent again with the same content */
      readonly duplicates: number;
      /** Sent again with other content; the first counts */
      readonly conflicts: number;
      /** Could not be read; kept with the reason */
      readonly dead_letters: number;
      /** Voids and amendments */
      readonly corrections: number;
      /** Events that a void took back, by the day from which on it counts */
      readonly voided: number;
      /** What was counted and what is stored do not match by this much; must be 0 */
      readonly unexplained: number;
      readonly days: readonly {
        readonly day: string;
        /** Taken from the log; the sum of the six that follow */
        readonly records: number;
        /** Events that a meter counted */
        readonly counted: number;
        /** Events that no meter counted; kept */
        readonly unassigned: number;
        /** Sent again with the same content */
        readonly duplicates: number;
        /** Sent again with other content; the first counts */
        readonly conflicts: number;
        /** Could not be read; kept with the reason */
        readonly dead_letters: number;
        /** Voids and amendments */
        readonly corrections: number;
        /** Events that a void took back, by the day from which on it counts */
        readonly voided: number;
        /** What was counted and what is stored do not match by this much; must be 0 */
        readonly unexplained: number;
        /** Raw events of the day; null once retention has dropped them */
        readonly stored_events: number | null;
      }[];
      /** Since each meter exists, whatever the days */
      readonly meters: readonly {
        readonly meter: string;
        readonly version: number;
        /** Events in its hours */
        readonly hourly: number;
        /** Events counted by it, less those taken back */
        readonly counted: number;
        /** Events that it ought to count and cannot read: they were taken before it was made */
        readonly unread: number;
        readonly unexplained: number;
      }[];
    };
  };
  /** Put a customer on a plan */
  'POST /v1/subscriptions': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      /** Key of the customer */
      readonly customer: string;
      /** Key of the plan */
      readonly plan: string;
      /** Version of the plan; the newest active one if left out */
      readonly version?: number;
      /** In which it is billed, for ever; the plan's if left out */
      readonly currency?: string;
      /** First day, in the customer's time zone */
      readonly starts_on: string;
      /** First day that is not billed any more; null: open */
      readonly ends_on?: string | null;
      /** Where its periods begin: with those of the calendar, on its own first day, or on a day of your choice */
      readonly anchor?: 'calendar' | 'anniversary' | string;
      /** What its charges price by name */
      readonly quantities?: Readonly<Record<string, string>>;
      /** By charge key what is different from the plan */
      readonly overrides?: OverridesInput;
      /** Days from its start without fees */
      readonly trial_days?: number;
      /** Whether usage of the trial costs something */
      readonly trial_usage?: 'billed' | 'free';
    };
    readonly answer: Subscription;
  };
  /** List subscriptions */
  'GET /v1/subscriptions': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      /** Only of the customer with this key */
      readonly customer?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly Subscription[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** One subscription */
  'GET /v1/subscriptions/{id}': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Subscription;
  };
  /** Let it end with a day; fees in advance of what is not used are credited */
  'POST /v1/subscriptions/{id}/cancel': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** The subscription ends with the end of that day; period_end: with the period that runs */
      readonly when: 'now' | 'period_end' | string;
    };
    readonly answer: Subscription;
  };
  /** Take back a cancellation that has not taken effect */
  'DELETE /v1/subscriptions/{id}/cancellation': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Subscription;
  };
  /** Change plan, version, quantities or overrides, now or later */
  'POST /v1/subscriptions/{id}/change': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** Key of another plan */
      readonly plan?: string;
      /** Of the plan; the newest active one if left out */
      readonly version?: number;
      /** Those not named stay as they are */
      readonly quantities?: Readonly<Record<string, string>>;
      /** All that are to apply from then on; if left out they stay */
      readonly overrides?: OverridesInput;
      /** The change takes effect with the beginning of that day */
      readonly when: 'now' | 'period_end' | string;
    };
    readonly answer: Subscription;
  };
  /** Everything that it was and is to be, in the order of its days */
  'GET /v1/subscriptions/{id}/changes': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        readonly id: string;
        /** First day that it is for */
        readonly starts_on: string;
        readonly state: 'scheduled' | 'in_effect';
        /** null: stays as it was, as with all that follows */
        readonly plan: string | null;
        readonly version: number | null;
        readonly quantities: Readonly<Record<string, string>> | null;
        readonly overrides: Overrides | null;
        readonly paused: boolean | null;
      }[];
    };
  };
  /** Take back a change that has not taken effect */
  'DELETE /v1/subscriptions/{id}/changes/{change}': {
    readonly path: {
      readonly id: string;
      readonly change: string;
    };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Subscription;
  };
  /** Stop billing it; usage is recorded on, and never billed */
  'POST /v1/subscriptions/{id}/pause': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** now: today; period_end: with the period that runs; or a day to come */
      readonly when?: 'now' | 'period_end' | string;
    };
    readonly answer: Subscription;
  };
  /** Bill it again after a pause */
  'POST /v1/subscriptions/{id}/resume': {
    readonly path: {
      readonly id: string;
    };
    readonly query: undefined;
    readonly body: {
      /** now: today; period_end: with the period that runs; or a day to come */
      readonly when?: 'now' | 'period_end' | string;
    };
    readonly answer: Subscription;
  };
  /** Create a tax rate, or say what the rate with this key is in another time */
  'POST /v1/tax-rates': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      readonly key: string;
      /** What invoices call it */
      readonly name: string;
      /** Decimal string, at most 30 digits before and 15 after the point, not negative. */
      readonly percent: string;
      /** Contained in the amounts rather than added to them */
      readonly inclusive?: boolean;
      /** Keys of the charges it is for; all if left out */
      readonly charges?: readonly string[];
      readonly valid_from: string;
      /** First day on which it holds no more; open if left out */
      readonly valid_to?: string;
    };
    readonly answer: TaxRate;
  };
  /** List all entries of all tax rates, ended and withdrawn ones too */
  'GET /v1/tax-rates': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      /** Only of the rate with this key */
      readonly key?: string;
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly TaxRate[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
    };
  };
  /** A tax rate as it is on a day */
  'GET /v1/tax-rates/{key}': {
    readonly path: {
      readonly key: string;
    };
    readonly query: {
      /** Today in the organization's time zone if left out */
      readonly on?: string;
    };
    readonly body: undefined;
    readonly answer: TaxRate;
  };
  /** End or withdraw an entry of a tax rate; finalized documents keep it */
  'POST /v1/tax-rates/{key}/end': {
    readonly path: {
      readonly key: string;
    };
    readonly query: undefined;
    readonly body: {
      /** First day on which it holds no more. The same as its first day withdraws the entry */
      readonly valid_to: string;
      /** First day of the entry that ends; the last entry if left out */
      readonly valid_from?: string;
    };
    readonly answer: TaxRate;
  };
  /** What time it is for the organization, and whether what was due by then is done */
  'GET /v1/test-clock': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: {
      /** What time it is for the organization; it ticks on */
      readonly now: string;
      /** Ahead of the real time; 0 until it is moved */
      readonly offset_seconds: number;
      /** advancing: billing runs are queued or at work. Wait for ready before the clock is moved again */
      readonly status: 'ready' | 'advancing';
      /** Those runs */
      readonly billing_runs: readonly string[];
    };
  };
  /** Move the clock of a test organization forward, and bill what is due by then */
  'POST /v1/test-clock/advance': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: {
      /** Ahead of its time; at most 5 years at once and 20 in all */
      readonly to: string;
    };
    readonly answer: {
      /** What time it is for the organization; it ticks on */
      readonly now: string;
      /** Ahead of the real time; 0 until it is moved */
      readonly offset_seconds: number;
      /** advancing: billing runs are queued or at work. Wait for ready before the clock is moved again */
      readonly status: 'ready' | 'advancing';
      /** Those runs */
      readonly billing_runs: readonly string[];
    };
  };
  /** Usage of a meter by customer, window and group; windows without usage are left out */
  'GET /v1/usage': {
    readonly path: undefined;
    readonly query: {
      /** How many at most: 1 to 100 */
      readonly limit?: string;
      /** next_cursor of the page before */
      readonly cursor?: string;
      readonly meter: string;
      /** Its key, an alias, or any name that events bear; all customers if left out */
      readonly customer?: string;
      /** Only events that name it; empty: only those that name none */
      readonly subscription?: string;
      /** Any instant; the beginning of this month in the time zone if left out */
      readonly from?: string;
      /** Not included; the end of this hour if left out */
      readonly to?: string;
      /** What usage is taken over */
      readonly window?: 'hour' | 'day' | 'week' | 'month' | 'total';
      /** Where hours, days, weeks (from Monday) and months begin */
      readonly time_zone?: string;
      /** Properties, by comma; all that the meter groups by if left out, and '' for none */
      readonly group_by?: string | readonly string[];
      /** As Accept asks for if left out */
      readonly format?: 'json' | 'csv';
    };
    readonly body: undefined;
    readonly answer: {
      readonly data: readonly {
        readonly customer: string;
        readonly meter: string;
        /** Values of the properties grouped by; null without */
        readonly group: Readonly<Record<string, unknown>> | null;
        /** RFC 3339, UTC */
        readonly from: string;
        /** RFC 3339, UTC */
        readonly to: string;
        /** An exact decimal; what divides (avg, weighted_sum) carries 40 digits */
        readonly quantity: string;
        readonly event_count: number;
      }[];
      /** null: this is the last page */
      readonly next_cursor: string | null;
      readonly source: 'database' | 'cache';
    };
  };
}
