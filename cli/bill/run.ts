/** What GET /v1/billing-runs/{id} answers, as far as it is shown. */
export interface Run {
  readonly id: string;
  readonly state: 'queued' | 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly state_reason: string | null;
  readonly dry_run: boolean;
  readonly phase: 'waiting' | 'running' | 'rendering' | 'ended';
  readonly customers_due: number;
  readonly customers_done: number;
  readonly invoices_per_second: number | null;
  readonly seconds_left: number | null;
  readonly totals: readonly {
    readonly currency: string;
    readonly invoices: number;
    readonly total: string;
    readonly credit_notes: number;
    readonly credited: string;
  }[];
  readonly parked_count: number;
  readonly parked: readonly { readonly customer: string; readonly code: string; readonly detail: string }[];
  readonly warnings: readonly string[];
}
