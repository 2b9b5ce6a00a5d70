/* What the API answers, as far as it is looked at here. Written down anew: nothing of the product is imported. */

export interface Tier {
  readonly up_to: string | null;
  readonly unit_amount?: string;
  readonly percent?: string;
  readonly flat_amount?: string;
}

export interface Price {
  readonly model: string;
  readonly amount?: string;
  readonly unit_amount?: string;
  readonly tiers?: readonly Tier[];
  readonly size?: string;
  readonly round?: 'up' | 'down';
  readonly percent?: string;
  readonly fixed_amount?: string;
  readonly free_events?: number;
  readonly free_amount?: string;
  readonly minimum_per_event?: string;
  readonly maximum_per_event?: string;
  readonly dimensions?: readonly string[];
  readonly rates?: readonly { readonly values: readonly string[]; readonly unit_amount: string }[];
  readonly default_unit_amount?: string;
  readonly multiplier?: string;
}

export interface Charge {
  readonly price?: Price;
  readonly prices?: Readonly<Record<string, Price>>;
  readonly quantity?: string;
  readonly billing?: string;
  readonly prorate?: boolean;
  readonly convert?: {
    readonly divide?: string;
    readonly multiply?: string;
    readonly round?: string;
    readonly places?: number;
  };
  readonly included_units?: string;
  readonly discount_percent?: string;
  readonly maximum_amount?: string;
  readonly unit?: { readonly rate: string };
}

/** What counts towards a minimum. */
export interface Counted {
  readonly document: { readonly id: string };
  readonly charge_key: string;
  readonly kind: string;
  readonly service_from: string;
  readonly group?: Readonly<Record<string, string | null>>;
  readonly quantity?: string;
  readonly amount: string;
}

export interface Line {
  readonly position: number;
  readonly kind: string;
  /** Of an adjustment: what kind of line it is a difference of. */
  readonly adjusts?: string;
  readonly charge_key?: string;
  readonly subscription_id?: string;
  readonly service_from?: string;
  readonly service_to?: string;
  readonly group?: Readonly<Record<string, string | null>>;
  readonly quantity: string;
  readonly amount: string;
  readonly discount: string;
  readonly net: string;
  readonly taxes: readonly { readonly tax: number; readonly amount: string }[];
  readonly steps: readonly { readonly rule: string; readonly amount: string }[];
  readonly of?: { readonly id: string };
  readonly evidence?: { readonly quantity: string; readonly event_count: string; readonly digest: string };
}

export interface Document {
  readonly kind: string;
  readonly number: string;
  readonly currency: string;
  readonly buyer: Record<string, unknown>;
  readonly lines: readonly Line[];
  readonly discounts: readonly {
    readonly name: string;
    readonly percent?: string;
    readonly amount?: string;
    readonly lines: readonly number[];
    readonly taken: string;
  }[];
  readonly taxes: readonly {
    readonly name: string;
    readonly percent: string;
    readonly inclusive: boolean;
    readonly base: string;
    readonly amount: string;
  }[];
  readonly subtotal: string;
  readonly discount_total: string;
  readonly total_excluding_tax: string;
  readonly tax_total: string;
  readonly total: string;
  readonly credit_applied: string;
  readonly prepaid_applied: string;
  readonly amount_due: string;
}

export interface Exported {
  readonly organization: number;
  readonly hash: string;
  readonly previous_hash: string;
  readonly document: Document;
}

export interface Explanation {
  readonly document: { readonly id: string };
  readonly line: Line;
  readonly charge: Charge | null;
  readonly period: { readonly days: number; readonly period_days: number } | null;
  readonly usage: {
    readonly aggregation: string;
    readonly versions: readonly { readonly id: number; readonly value_property: string | null }[];
    readonly from: string;
    readonly to: string;
    readonly billed: { readonly carried_in: string };
  } | null;
  readonly compared: {
    readonly minimum_amount: string | null;
    readonly lines: readonly { readonly position: number; readonly amount: string }[];
    readonly counts: readonly Counted[];
  } | null;
  readonly adjusted: { readonly before: readonly { readonly amount: string }[] } | null;
}

export interface ExplainedHour {
  readonly hour: string;
  readonly event_count: number;
  readonly digest: string;
}

export interface ExplainedEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly customer: string;
  readonly subscription: string | null;
  readonly time: string;
  readonly time_given: boolean;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
  readonly meter_id: number;
  readonly value: string;
  readonly hash: string;
}
